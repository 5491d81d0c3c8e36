import { mkdir, mkdtemp, readdir, readFile, rename, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough, Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import {
  isSluiceError,
  type Journal,
  type ObservedContainer,
  type ReleaseRequest,
  type Slot,
  SluiceError,
} from "@sluice/core";
import { systemClock as clock } from "@sluice/core/node";
import { deploy } from "@sluice/engine";
import { createJournal, exportHome, openStateHome, verifyAudit } from "@sluice/journal";
import { createBundleStore } from "@sluice/release";
import { aConfig, aContainer, aProject, aRequest, createFakeWorld } from "@sluice/testing";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { createSession, Session } from "../session.ts";
import { mountedHomes } from "./mounted-homes.ts";
import { ownHomes } from "./own-homes.ts";
import { exportState, importState, readStateChanges, rebuildState } from "./state.ts";

let root = "";
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "sluice-state-"));
});
afterEach(() => rm(root, { recursive: true, force: true }));

const { signal } = new AbortController();
const home = (name: string) => openStateHome(join(root, name), { clock, stack: "shop" });
const codeOf = (error: unknown) => (isSluiceError(error) ? error.code : String(error));

/** An engine that knows nothing but whose the stack is. */
function fakeClaims(owner: string | null) {
  const claims = {
    owner,
    read: async () => claims.owner,
    async move(_stack: string, from: string | null, to: string) {
      if (claims.owner !== from) throw new SluiceError("HOME_MISMATCH", "somebody was faster");
      claims.owner = to;
    },
  };
  return claims;
}

const project = aProject();
const aSession = (
  claims: ReturnType<typeof fakeClaims>,
  place = "here",
  containers: readonly ObservedContainer[] = [],
  inBase: readonly ObservedContainer[] = [],
) =>
  ({
    clock,
    options: { directory: "/srv/shop", env: {}, actor: "mira", stateHome: join(root, place) },
    stack: async () => "shop",
    project: async () => project,
    runtime: () => ({
      claims,
      observer: {
        slotContainers: async (_stack: string, slot: Slot) => (slot === "blue" ? containers : []),
        baseContainers: async () => inBase,
      },
    }),
  }) as unknown as Session;

describe("exporting a state", () => {
  const exporting = async (place: string, claims: ReturnType<typeof fakeClaims>) => {
    const opened = home(place);
    const session = { home: () => opened, runtime: () => ({ claims }) } as unknown as Session;
    const sink = new PassThrough();
    const [archive] = await Promise.all([buffer(sink), exportState(session, sink, {})]);
    return archive;
  };

  it.each([
    [null, /here holds nothing to export$/],
    ["another", /here holds nothing to export, and stack shop on this engine belongs to state home another$/],
  ])("is refused where there is none: the stack is that of %s", async (owner, message) => {
    await expect(exporting("here", fakeClaims(owner))).rejects.toMatchObject({
      code: "HOME_UNUSABLE",
      message: expect.stringMatching(message),
      hint: expect.stringContaining("--state-home"),
    });
  });

  it("writes what is there, whoever has the stack by now", async () => {
    const there = await home("there");
    await createJournal(there, clock).append({ type: "note" });
    const archive = await exporting("there", fakeClaims("another"));
    const { from } = await importState(aSession(fakeClaims(there.id)), Readable.from([archive]), {}, signal);
    expect(from).toBe(there.id);
  });
});

describe("importing a state", () => {
  async function exported(...entries: Parameters<Journal["append"]>[0][]) {
    const there = await home("there");
    for (const entry of entries) await createJournal(there, clock).append(entry);
    const sink = new PassThrough();
    const [archive] = await Promise.all([buffer(sink), exportHome(there, sink)]);
    return { id: there.id, archive: () => Readable.from([archive]) };
  }

  it("moves the stack to the home that was made: the one it came from is refused from then on", async () => {
    const { id, archive } = await exported({ type: "note" });
    const claims = fakeClaims(id);
    const state = await importState(aSession(claims), archive(), { reason: "new machine" }, signal);
    expect(state).toMatchObject({ stack: "shop", from: id, replaced: null, unfinished: null });
    expect([claims.owner, state.id === id]).toEqual([state.id, false]);
    const here = await home("here");
    expect(here.id).toBe(state.id);
    expect(await verifyAudit(here)).toMatchObject({ ok: true, records: 2 });
    expect(await readStateChanges(createJournal(here, clock))).toMatchObject([
      { seq: 2, type: "state-imported", actor: "mira", reason: "new machine", from: id, to: state.id },
    ]);
  });

  it("claims a stack that nobody has, as on a new engine", async () => {
    const { archive } = await exported({ type: "note" });
    const claims = fakeClaims(null);
    expect((await importState(aSession(claims), archive(), {}, signal)).id).toBe(claims.owner);
  });

  it("is refused where the stack belongs to a third home, unless it is told to take it over", async () => {
    const { archive } = await exported({ type: "note" });
    const claims = fakeClaims("third");
    const refusal = await importState(aSession(claims), archive(), { replace: true }, signal).catch((error) => error);
    expect([codeOf(refusal), refusal.exitCode, refusal.hint]).toEqual([
      "HOME_MISMATCH",
      10,
      expect.stringContaining("--take-over"),
    ]);
    expect([claims.owner, await readdir(root)]).toEqual(["third", ["there"]]);
    const state = await importState(aSession(claims), archive(), { takeOver: true }, signal);
    expect(claims.owner).toBe(state.id);
    // Its backups are those of this database, and of no other home.
    const own = {
      home: () => home("here"),
      ports: async () => ({ journal: createJournal(await home("here"), clock) }),
    };
    const until = expect.any(String);
    expect(await ownHomes(own as unknown as Session)).toEqual([
      state.id,
      { id: state.from, until },
      { id: "third", until },
    ]);
  });

  it("leaves everything as it was where the engine does not answer, or the home here holds something", async () => {
    const { id, archive } = await exported({ type: "note" });
    const claims = fakeClaims(id);
    const silent = { ...claims, read: async () => Promise.reject(new SluiceError("ENGINE_UNREACHABLE", "silence")) };
    expect(await importState(aSession(silent), archive(), {}, signal).catch(codeOf)).toBe("ENGINE_UNREACHABLE");
    expect(await readdir(root)).toEqual(["there"]);
    const here = await home("here");
    await createJournal(here, clock).append({ type: "note" });
    expect(await importState(aSession(claims), archive(), {}, signal).catch(codeOf)).toBe("HOME_UNUSABLE");
    expect([claims.owner, (await home("here")).id]).toEqual([id, here.id]);
    const { replaced } = await importState(aSession(claims), archive(), { replace: true }, signal);
    expect((await openStateHome(replaced ?? "", { clock })).id).toBe(here.id);
  });

  it("says which other homes what runs mounts files of, and no word of its own", async () => {
    const { id, archive } = await exported({ type: "note" });
    const filesDir = join(root, "there", "releases", "r-1", "files");
    const web = aContainer("web", { release: "r-1", filesDir });
    const proxy = { ...web, release: null, filesDir: join(root, "else", "releases", "r-2", "files") };
    const session = aSession(fakeClaims(id), "here", [web, web], [proxy]);
    const homes = [join(root, "else"), join(root, "there")];
    expect((await importState(session, archive(), {}, signal)).mountedHomes).toEqual(homes);
    await rm(join(root, "here"), { recursive: true });
    await rename(join(root, "there"), join(root, "away"));
    const back = aSession(fakeClaims(id), "there", [web]);
    expect((await importState(back, archive(), {}, signal)).mountedHomes).toEqual([]);
    // Another path of the same directory is no other home.
    const releases = join(root, "there", "releases");
    await mkdir(join(releases, "r-1", "files"), { recursive: true });
    await symlink(join(root, "there"), join(root, "link"));
    const linked = { slot: "blue" as const, release: "r-1", filesDir };
    expect(await mountedHomes([linked], join(root, "link", "releases"))).toEqual([]);
    expect(await mountedHomes([{ ...linked, filesDir: `/host_mnt${filesDir}` }], releases)).toEqual([]);
  });

  it("says that the archive ends within a deployment", async () => {
    const start = {
      type: "deployment-start",
      deployment: "d7",
      tag: "v2",
      plan: { candidate: "blue", previous: null, steps: [] },
    };
    const { id, archive } = await exported(start);
    expect((await importState(aSession(fakeClaims(id)), archive(), {}, signal)).unfinished).toEqual({
      deployment: "d7",
      tag: "v2",
    });
  });
});

describe("rebuilding a state", () => {
  /** A world in which these releases were deployed, with a record and releases that are really on disk. */
  async function engineWith(...tags: readonly string[]) {
    const world = createFakeWorld();
    const facts = { stack: "shop", homeId: "lost", previewSecret: "s", config: aConfig(), project };
    for (const tag of tags) {
      await deploy({ ...facts, release: aRequest(tag), actor: "a", reason: "b" }, world.ports(), signal);
    }
    const open = (({ stateHome = "" }) => {
      const made = openStateHome(stateHome, { clock, stack: "shop" });
      return {
        home: () => made,
        async ports() {
          const state = await made;
          const bundles = createBundleStore(state.releasesDir);
          return { ...world.ports(), journal: createJournal(state, clock), bundles };
        },
        [Symbol.asyncDispose]: async () => (await made)[Symbol.asyncDispose](),
      } as unknown as Session;
    }) as typeof createSession;
    const claims = fakeClaims("lost");
    const rebuild = (release: ReleaseRequest | null, replace = false) =>
      rebuildState(aSession(claims), { release, reason: "disk died", replace }, signal, open);
    return { claims, rebuild };
  }

  it("is refused where there is nothing to rebuild from, and touches no home, told or not", async () => {
    const here = await home("here");
    await createJournal(here, clock).append({ type: "note" });
    const { claims, rebuild } = await engineWith();
    claims.owner = null;
    expect(await rebuild(null, true).catch(codeOf)).toBe("PREFLIGHT_FAILED");
    expect([(await home("here")).id, claims.owner, await readdir(root)]).toEqual([here.id, null, ["here"]]);
  });

  it("moves a stack of which no slot is left to an empty home: nothing else could be deployed to it", async () => {
    const { claims, rebuild } = await engineWith();
    const state = await rebuild(null);
    expect(state).toMatchObject({ previousHome: "lost", serving: null, slots: [] });
    expect([(await home("here")).id, claims.owner]).toEqual([state.id, state.id]);
  });

  it("makes a home that the stack belongs to, whose record begins with how it came to be", async () => {
    const { claims, rebuild } = await engineWith("v1", "v2");
    const state = await rebuild(aRequest("v2"));
    expect(state).toMatchObject({ previousHome: "lost", replaced: null, serving: { tag: "v2", slot: "green" } });
    expect(state.slots.map(({ tag, live, bundle }) => [tag, live, bundle])).toEqual([
      ["v1", false, false],
      ["v2", true, true],
    ]);
    const here = await home("here");
    expect([here.id, claims.owner]).toEqual([state.id, state.id]);
    expect(await verifyAudit(here)).toMatchObject({ ok: true, records: 1 });
    expect(await readStateChanges(createJournal(here, clock))).toMatchObject([
      { seq: 1, type: "state-rebuilt", previousHome: "lost", reason: "disk died", lost: state.lost },
    ]);
    expect(await createBundleStore(here.releasesDir).list()).toMatchObject([{ tag: "v2", id: state.serving?.release }]);
  });

  it("writes over no home that holds something, unless it is told", async () => {
    const here = await home("here");
    await createJournal(here, clock).append({ type: "note" });
    const { claims, rebuild } = await engineWith("v1");
    expect(await rebuild(null).catch(codeOf)).toBe("HOME_UNUSABLE");
    expect(claims.owner).toBe("lost");
    const { replaced } = await rebuild(null, true);
    expect((await openStateHome(replaced ?? "", { clock })).id).toBe(here.id);
    expect(await readStateChanges(createJournal(await home("here"), clock))).toMatchObject([
      { type: "state-rebuilt", previousHome: "lost", replacedHome: here.id },
    ]);
  });

  it("keeps what the home that is put aside holds of releases, makes again what is damaged there, and loses neither", async () => {
    const { rebuild } = await engineWith("v1", "v2", "v3");
    const [v2] = (await rebuild(aRequest("v2"))).slots.filter(({ bundle }) => bundle);
    const first = await rebuild(aRequest("v3"), true);
    expect(first.slots.map(({ tag, bundle }) => [tag, bundle])).toEqual([
      ["v3", true],
      ["v2", true],
    ]);
    expect([first.keptReleases, first.lost.filter((text) => text.startsWith("the bundle of"))]).toEqual([
      [v2?.release],
      [],
    ]);
    const { releasesDir } = await home("here");
    const model = join(releasesDir, v2?.release ?? "", "model.json");
    await writeFile(model, "damaged");
    expect((await rebuild(null, true)).slots.map(({ bundle }) => bundle)).toEqual([true, false]);
    expect(await readFile(model, "utf8")).toBe("damaged");
    const again = await rebuild(aRequest("v2"), true);
    expect([again.slots.map(({ bundle }) => bundle), again.keptReleases.length]).toEqual([[true, true], 1]);
    expect((await createBundleStore(releasesDir).load(v2?.release ?? "")).bundle.tag).toBe("v2");
  });

  it("takes a home aside that nobody can read, of which it cannot say which one it was", async () => {
    const here = await home("here");
    await createJournal(here, clock).append({ type: "note" });
    await writeFile(join(here.path, "home.json"), "{");
    const { rebuild } = await engineWith("v1");
    expect(await rebuild(null, true)).toMatchObject({ replaced: expect.stringContaining(".replaced-") });
    const [rebuilt] = await readStateChanges(createJournal(await home("here"), clock));
    expect(rebuilt).not.toHaveProperty("replacedHome");
  });
});
