import { cp, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { buffer } from "node:stream/consumers";
import { type Clock, isSluiceError } from "@sluice/core";
import { systemClock } from "@sluice/core/node";
import { type DeployRequest, deploy, type EnginePorts, readAttempts, recoverUnfinished } from "@sluice/engine";
import { createJournal, exportHome, openStateHome, verifyAudit } from "@sluice/journal";
import { createBundleStore } from "@sluice/release";
import { aConfig, aProject, aRequest, aService, createFakeWorld } from "@sluice/testing";
import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";

/** What a crash, a bad disk or an editor does to a file. Places are parts of its length. */
type Damage =
  | { readonly kind: "cut"; readonly at: number }
  | { readonly kind: "zeros"; readonly at: number; readonly length: number }
  | { readonly kind: "change"; readonly at: number; readonly byte: number }
  | { readonly kind: "insert"; readonly at: number; readonly text: string }
  | { readonly kind: "remove"; readonly at: number; readonly length: number }
  /** What is JSON still: a field has another name, or another value. */
  | { readonly kind: "rename"; readonly at: number }
  | { readonly kind: "replace"; readonly at: number; readonly value: string };

const at = fc.nat({ max: 9_999 }).map((place) => place / 10_000);
const length = fc.integer({ min: 1, max: 300 });
const damage: fc.Arbitrary<Damage> = fc.oneof(
  fc.record({ kind: fc.constant("cut" as const), at }),
  fc.record({ kind: fc.constant("zeros" as const), at, length }),
  fc.record({ kind: fc.constant("change" as const), at, byte: fc.integer({ min: 0, max: 255 }) }),
  fc.record({ kind: fc.constant("insert" as const), at, text: fc.string({ maxLength: 20, unit: "binary" }) }),
  fc.record({ kind: fc.constant("remove" as const), at, length }),
  fc.record({ kind: fc.constant("rename" as const), at }),
  fc.record({ kind: fc.constant("replace" as const), at, value: fc.json({ maxDepth: 1 }) }),
);

const project = aProject({
  services: [aService("web"), aService("worker", { role: "worker" }), aService("db", { role: "data" })],
});
const config = aConfig({ rollout: { steps: [100], bake: "0s" } });
const facts = { stack: "shop", homeId: "home", previewSecret: "s", config, project, actor: "a", reason: "b" };
const { signal } = new AbortController();

let root = "";
let whole = "";
let world: ReturnType<typeof createFakeWorld>;

/** A release that is live, and the next one killed in the middle of its deployment. */
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "sluice-damaged-"));
  whole = join(root, "whole");
  world = createFakeWorld();
  const ports = await portsOn(whole);
  const { outcome } = await deploy(requestOf("v1"), ports, signal);
  if (outcome !== "live") throw new Error(`the first release is ${outcome}`);
  let isDead = false;
  world.calls.fault = ({ name }) => {
    isDead ||= name.startsWith("slots.start");
    return isDead ? "crash" : undefined;
  };
  const clock = clockUntil(() => isDead);
  await deploy(requestOf("v2"), { ...ports, clock }, signal).catch(() => undefined);
  world.restart();
});
afterAll(() => rm(root, { recursive: true, force: true }));

/** A dead deployer waits for nothing: from then on its time is skipped. */
function clockUntil(isDead: () => boolean): Clock {
  let skippedMs = 0;
  return {
    ...systemClock,
    monotonicMs: () => systemClock.monotonicMs() + skippedMs,
    sleep(ms, ending) {
      if (!isDead()) return systemClock.sleep(ms, ending);
      skippedMs += ms;
      return systemClock.sleep(0, ending);
    },
  };
}

const requestOf = (tag: string): DeployRequest => ({ ...facts, release: aRequest(tag) });

async function portsOn(path: string): Promise<EnginePorts> {
  const home = await openStateHome(path, { clock: systemClock, stack: "shop" });
  const bundles = createBundleStore(home.releasesDir);
  // Files take their time: a clock that jumps to the next deadline meanwhile would end everything.
  return { ...world.ports(), clock: systemClock, journal: createJournal(home, systemClock), bundles };
}

const isError = (error: unknown) => isSluiceError(error) || error === undefined;

/** What commands do with a home, and the first thing of it that ended in a way nobody was told of. */
async function useOf(path: string): Promise<unknown> {
  const uses: readonly (() => Promise<unknown>)[] = [
    async () => readAttempts((await portsOn(path)).journal),
    async () => {
      const { bundles } = await portsOn(path);
      for (const { id } of await bundles.list()) await bundles.load(id);
    },
    async () => verifyAudit(await openStateHome(path, { clock: systemClock })),
    async () => {
      const sink = new PassThrough();
      await Promise.all([buffer(sink), exportHome(await openStateHome(path, { clock: systemClock }), sink)]);
    },
    async () => endOf(recoverUnfinished(facts, project, await portsOn(path), signal)),
    async () => endOf(deploy(requestOf("v3"), await portsOn(path), signal)),
  ];
  for (const use of uses) {
    const error = await use().catch((caught: unknown) => caught ?? new Error("nothing was thrown"));
    if (error instanceof Error && !isError(error)) return error;
  }
  return undefined;
}

async function endOf(run: Promise<{ readonly error?: unknown } | null>): Promise<void> {
  const result = await run;
  if (result?.error !== undefined) throw result.error;
}

const field = /"(\w+)":("(?:[^"\\]|\\.)*"|-?[\d.]+|true|false|null)?/g;

function damaged(bytes: Buffer, { at: part, ...change }: Damage): Buffer {
  if (change.kind === "rename" || change.kind === "replace") {
    const text = bytes.toString();
    const fields = [...text.matchAll(field)];
    const found = fields[Math.floor(part * fields.length)];
    if (!found) return bytes;
    const [whole, name = "", value] = found;
    const renamed = change.kind === "rename" || value === undefined;
    const other = renamed ? whole.replace(`"${name}"`, `"${name}_"`) : `"${name}":${change.value}`;
    return Buffer.from(`${text.slice(0, found.index)}${other}${text.slice(found.index + whole.length)}`);
  }
  const place = Math.floor(part * bytes.length);
  const [head, tail] = [bytes.subarray(0, place), bytes.subarray(place)];
  if (change.kind === "cut") return head;
  if (change.kind === "remove") return Buffer.concat([head, tail.subarray(change.length)]);
  if (change.kind === "insert") return Buffer.concat([head, Buffer.from(change.text), tail]);
  if (change.kind === "change") return Buffer.concat([head, Buffer.from([change.byte]), tail.subarray(1)]);
  return Buffer.concat([head, Buffer.alloc(Math.min(change.length, tail.length)), tail.subarray(change.length)]);
}

it("whatever is wrong with a file of the state home, what is said of it is an error with a code", async () => {
  const entries = await readdir(whole, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile() && entry.name !== "lock.db")
    .map((entry) => join(entry.parentPath, entry.name).slice(whole.length + 1));
  const names = ["home.json", "journal.head", "journal.ndjson", "keys/hash"];
  expect(files).toEqual(expect.arrayContaining(names));
  const saved = structuredClone(world.state);
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...files), damage, async (name, change) => {
      const path = join(root, "damaged");
      await rm(path, { recursive: true, force: true });
      await cp(whole, path, { recursive: true });
      await writeFile(join(path, name), damaged(await readFile(join(path, name)), change));
      Object.assign(world.state, structuredClone(saved));
      expect(await useOf(path)).toBeUndefined();
    }),
    { numRuns: 100 },
  );
});
