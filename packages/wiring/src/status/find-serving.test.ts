import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ServiceFacts, SluiceError } from "@sluice/core";
import { type DeployRequest, deploy, type RollbackRequest, rollback } from "@sluice/engine";
import { aConfig, aProject, aRequest, aService, createFakeWorld, type FakeWorld } from "@sluice/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Session } from "../session.ts";
import { readProcesses, readStatus } from "./status.ts";

const signal = new AbortController().signal;
const db = aService("db", { role: "data" });
const inBase = (name: string, role: ServiceFacts["role"] = "web") => aService(name, { role, strategy: "recreate" });

let home = "";
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "sluice-serving-"));
});
afterAll(() => rm(home, { recursive: true }));

/** A stack that has gone back from what is checked out to the release before. */
async function goneBack(before: readonly ServiceFacts[], checkedOut: readonly ServiceFacts[], homeId = "home") {
  const world = createFakeWorld();
  const { release: _, ...facts } = requestOf(world, checkedOut, "v2");
  const request = { ...facts, to: undefined } satisfies RollbackRequest;
  await deploy(requestOf(world, before, "v1"), world.ports(), signal);
  await deploy(requestOf(world, checkedOut, "v2"), world.ports(), signal);
  expect(await rollback(request, world.ports(), signal)).toMatchObject({ outcome: "live", serving: { tag: "v1" } });
  const ports = world.ports();
  return { session: sessionOf(world, checkedOut, ports, homeId), ports };
}

function requestOf(world: FakeWorld, services: readonly ServiceFacts[], tag: string): DeployRequest {
  return {
    stack: world.state.stack,
    homeId: "home",
    previewSecret: "secret of the preview",
    config: aConfig(),
    project: aProject({ services }),
    actor: "tester",
    reason: "a test",
    release: aRequest(tag),
  };
}

function sessionOf(
  world: FakeWorld,
  services: readonly ServiceFacts[],
  ports = world.ports(),
  homeId = "home",
): Session {
  return {
    known: async () => ({ project: aProject({ services }), standIn: null }),
    config: async () => aConfig(),
    ports: async () => ports,
    home: async () => ({ id: homeId, path: home, clock: world.clock }),
    runtime: () => ({ inspect: async () => null }),
  } as unknown as Session;
}

/** Where each service is, and whether users reach it. */
async function places(session: Session): Promise<readonly string[]> {
  const rows = await readProcesses(session);
  return rows.map(({ place, service, live }) => `${place} ${service}${live ? " live" : ""}`).toSorted();
}

describe("a stack that went back to a release in base, with one in slots checked out", () => {
  const v1 = [inBase("web"), db];
  const v2 = [aService("web"), db];

  it("is served by that release, and nothing of it is called a second copy", async () => {
    const { session } = await goneBack(v1, v2);
    const { serving, findings, base } = await readStatus(session);
    expect(serving).toMatchObject({ tag: "v1", slot: null, share: 100 });
    expect(findings).toEqual([]);
    expect(base.map(({ service, state }) => `${service} ${state}`)).toEqual(["web current", "db current"]);
    expect(await places(session)).toEqual(expect.arrayContaining(["base db live", "base web live"]));
  });

  it("is by no record of another state home told what to remove", async () => {
    const { session } = await goneBack(v1, v2, "another home");
    expect((await readStatus(session)).findings.map(({ code }) => code)).toEqual(["home-mismatch"]);
  });
});

it("a worker that works in base is none twice where the checkout has it in slots", async () => {
  const v1 = [aService("web"), inBase("worker", "worker"), db];
  const { session } = await goneBack(v1, [aService("web"), aService("worker", { role: "worker" }), db]);
  expect((await readStatus(session)).findings).toEqual([]);
  expect(await places(session)).toContain("base worker live");
});

it("a web service that the checkout has renamed lacks no door", async () => {
  const { session } = await goneBack([aService("web"), db], [aService("shop"), db]);
  const { serving, findings, doors } = await readStatus(session);
  expect(serving).toMatchObject({ tag: "v1" });
  expect(doors.map(({ service, state }) => `${service} ${state}`)).toContain("web current");
  expect(findings.filter(({ code }) => code.startsWith("door-"))).toEqual([]);
});

describe("while a deployment that was killed has not taken over what users reach outside the slots", () => {
  const services = [aService("web"), aService("worker", { role: "worker" }), db];
  const given = {
    "a first one, beside plain Compose": async (world: FakeWorld) => world.runPlain(aProject({ services })),
    "one beside a release in base": async (world: FakeWorld) => {
      await deploy(requestOf(world, [inBase("web"), inBase("worker", "worker"), db], "v0"), world.ports(), signal);
    },
  };

  it.each(Object.entries(given))(
    "%s: no slot is said to serve, nor what users reach or an undo needs to be removed",
    async (_, begin) => {
      const wrong: string[] = [];
      let before = 0;
      for (let at = 1; ; at++) {
        const world = createFakeWorld();
        await begin(world);
        world.restart();
        let isKilled = false;
        world.calls.fault = ({ index }) => {
          if (index < at) return undefined;
          isKilled = true;
          return "crash";
        };
        await deploy(requestOf(world, services, "v1"), world.ports(), signal).catch(() => null);
        if (!isKilled) break;
        world.restart();
        const session = sessionOf(world, services);
        const { serving, findings, unfinished } = await readStatus(session);
        const [reached = ""] = Object.keys(world.users()["web"] ?? {});
        const tag = reached === "base" ? "v0" : (world.state.bundles.get(reached)?.bundle.tag ?? null);
        const rows = await places(session);
        const isInSlot = rows.some((row) => /^(blue|green) web live$/.test(row));
        if (tag !== "v1") before += 1;
        const told = findings.flatMap(({ code, hint }) => (hint?.includes("docker rm") ? code : []));
        if (
          reached !== "" &&
          reached !== "lost" &&
          ((serving?.tag ?? null) !== tag ||
            isInSlot !== (tag === "v1") ||
            ((tag !== "v1" || unfinished?.canAbort) && told.length > 0))
        )
          wrong.push(`${at}: users reach ${reached}, status says ${serving?.tag}; ${rows.join(", ")}; ${told.join()}`);
      }
      expect(wrong).toEqual([]);
      expect(before).toBeGreaterThan(10);
    },
  );
});

describe("a release whose", () => {
  const v1 = [aService("web"), db];
  const v2 = [aService("web"), aService("mailer", { role: "worker" }), db];

  it("bundle is lost lacks no container that only the checkout has", async () => {
    const { session, ports } = await goneBack(v1, v2);
    for (const { id } of await ports.bundles.list()) await ports.bundles.remove(id);
    expect((await readStatus(session)).findings.map(({ code }) => code)).not.toContain("service-short");
  });
});

it("a release in base serves, though what it left behind in a slot still runs, which is told", async () => {
  const world = createFakeWorld();
  const before = [aService("web", { ports: [] }), aService("admin", { ports: [] })];
  await deploy(requestOf(world, before, "v1"), world.ports(), signal);
  const { calls } = world;
  const isRetired = () => calls.log.includes("journal.append step-intent retire-1");
  calls.fault = ({ name }) =>
    isRetired() && name.startsWith("slots.stop") ? new SluiceError("ENGINE_FAILED", "it does not stop") : undefined;
  const services = [aService("web", { ports: [], strategy: "recreate" })];
  await deploy(requestOf(world, services, "v2"), world.ports(), signal);
  const { serving, slots, findings } = await readStatus(sessionOf(world, services));
  expect(serving).toMatchObject({ tag: "v2", slot: null });
  expect(slots).toMatchObject([{ slot: "blue", live: false, candidate: false, warm: false }, { slot: "green" }]);
  expect(findings).toMatchObject([
    {
      severity: "warn",
      code: "slot-left-running",
      message: expect.stringMatching(
        /^slot blue serves nobody, as the release .* in slots, and \S+ runs there$/,
      ) as string,
      hint: "the next sluice deploy ends that, also one of v2; at once: sluice rollback v2, which serves already",
    },
  ]);
});
