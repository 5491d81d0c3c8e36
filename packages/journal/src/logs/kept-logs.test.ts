import { appendFile, mkdir, open, readdir, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { LogOrigin } from "@sluice/core";
import { expect, it } from "vitest";
import { temporaryDirectory } from "../../test/temporary-home.ts";
import { createKeptLogs, type KeptLogs } from "./kept-logs.ts";

const web: LogOrigin = { container: "shop-green-web-1", service: "web", place: "green" };
const build: LogOrigin = { container: "build", service: "build", place: "build" };

function write(logs: KeptLogs, deployment: string, origin: LogOrigin, texts: readonly string[]) {
  using log = logs.open(deployment, origin);
  for (const text of texts) log.write({ stream: "stdout", text });
}

function replace(logs: KeptLogs, deployment: string, texts: readonly string[], isPlaced = true) {
  using log = logs.replace(deployment, web);
  for (const text of texts) log.write({ stream: "stdout", text });
  if (isPlaced) log.place();
}

async function textsOf(logs: KeptLogs, deployment: string): Promise<readonly string[]> {
  const found: string[] = [];
  for (const log of await logs.of(deployment)) for await (const { text } of log.lines()) found.push(text);
  return found;
}

it("gives back what was written, each origin by itself, for the owner alone", async () => {
  const path = await temporaryDirectory();
  const logs = createKeptLogs({ path });
  write(logs, "d1", build, ["step 1"]);
  write(logs, "d1", web, ["begins", "umlaut ä", ""]);
  write(logs, "d1", build, ["step 2"]);
  expect((await logs.of("d1")).map(({ origin, isCut }) => ({ ...origin, isCut }))).toEqual([
    { ...build, isCut: false },
    { ...web, isCut: false },
  ]);
  expect(await textsOf(logs, "d1")).toEqual(["step 1", "step 2", "begins", "umlaut ä", ""]);
  const directory = join(path, "logs", "d1");
  expect((await stat(directory)).mode & 0o777).toBe(0o700);
  for (const name of await readdir(directory)) expect((await stat(join(directory, name))).mode & 0o777).toBe(0o600);
});

it("puts a log that is written anew in the place of the one before, however long that was", async () => {
  const logs = createKeptLogs({ path: await temporaryDirectory() }, { mostBytesOfOne: 1_000 });
  const texts = Array.from({ length: 100 }, (_, index) => `line ${index}`);
  write(logs, "d1", web, texts);
  replace(logs, "d1", ["only this"]);
  expect(await textsOf(logs, "d1")).toEqual(["only this"]);
  expect((await logs.of("d1"))[0]?.isCut).toBe(false);
});

it("leaves the log that is there until the new one is placed, and nothing of one that never is", async () => {
  const path = await temporaryDirectory();
  const logs = createKeptLogs({ path }, { mostBytesOfOne: 1_000 });
  replace(logs, "d1", ["never"], false);
  expect(logs.has("d1", web)).toBe(false);
  write(logs, "d1", web, ["before"]);
  const long = Array.from({ length: 100 }, (_, index) => `line ${index}`);
  replace(logs, "d1", long, false);
  expect(await textsOf(logs, "d1")).toEqual(["before"]);
  replace(logs, "d1", long);
  expect((await textsOf(logs, "d1")).at(-1)).toBe("line 99");
  expect(logs.has("d1", web)).toBe(true);
  const name = "shop-green-web-1@green.ndjson";
  expect((await readdir(join(path, "logs", "d1"))).toSorted()).toEqual([name, `${name}.1`]);
});

it("begins no part where the disk has no room beside what stays free, or the deployment has taken what it may", async () => {
  const path = await temporaryDirectory();
  const full = createKeptLogs({ path }, { leastFreeBytes: Number.MAX_SAFE_INTEGER });
  expect(() => full.open("d1", web)).toThrow(expect.objectContaining({ code: "DISK_FULL" }));
  const logs = createKeptLogs({ path }, { mostBytesOfOne: 1_000, mostBytesOfDeployment: 1_450 });
  write(logs, "d2", build, ["x".repeat(350), "x".repeat(350)]);
  write(logs, "d2", web, ["short"]);
  expect(() => logs.replace("d2", { ...web, container: "other" })).toThrow(
    expect.objectContaining({ code: "DISK_FULL" }),
  );
  expect(await textsOf(logs, "d2")).toHaveLength(3);
});

it("closes no file that is somebody else's after its directory was taken away", async () => {
  const path = await temporaryDirectory();
  const logs = createKeptLogs({ path }, { mostBytesOfOne: 1_000 });
  const log = logs.open("d1", web);
  await rm(path, { recursive: true });
  const line = { stream: "stdout", text: "x".repeat(600) } as const;
  expect(() => log.write(line)).toThrow("ENOENT");
  const others = await open("/dev/null", "w");
  log[Symbol.dispose]();
  await others.write("still open");
  await others.close();
});

it("gives back lines with characters that end one elsewhere", async () => {
  const logs = createKeptLogs({ path: await temporaryDirectory() });
  write(logs, "d1", web, ["one\u2028two\u2029three"]);
  expect(await textsOf(logs, "d1")).toEqual(["one\u2028two\u2029three"]);
});

it("knows nothing of a log that is removed between two looks, nor of a file beside the deployments", async () => {
  const path = await temporaryDirectory();
  const logs = createKeptLogs({ path });
  write(logs, "d1", web, ["whole"]);
  await writeFile(join(path, "logs", "note.txt"), "mine");
  expect(await logs.deployments()).toEqual(["d1"]);
  expect(await logs.of("note.txt")).toEqual([]);
  const [log] = await logs.of("d1");
  await logs.remove("d1");
  for await (const line of log?.lines() ?? []) expect(line).toBe("none");
});

it("keeps the newest of a long log within its bound, and says that something was cut", async () => {
  const path = await temporaryDirectory();
  const logs = createKeptLogs({ path }, { mostBytesOfOne: 4_000 });
  const texts = Array.from({ length: 1_000 }, (_, index) => `line ${index}`);
  write(logs, "d1", web, texts);
  const kept = await textsOf(logs, "d1");
  expect(kept).toEqual(texts.slice(-kept.length));
  expect(kept.length).toBeGreaterThan(40);
  expect((await logs.of("d1"))[0]?.isCut).toBe(true);
  const sizes = (await readdir(join(path, "logs", "d1"))).map(async (name) => stat(join(path, "logs", "d1", name)));
  expect((await Promise.all(sizes)).reduce((sum, { size }) => sum + size, 0)).toBeLessThanOrEqual(4_000);
});

it("says nothing of a cut where two parts hold all of it, unless whoever wrote it knows better", async () => {
  const logs = createKeptLogs({ path: await temporaryDirectory() }, { mostBytesOfOne: 4_000 });
  const texts = Array.from({ length: 60 }, (_, index) => `line ${index}`);
  write(logs, "d1", web, texts);
  expect(await textsOf(logs, "d1")).toEqual(texts);
  expect((await logs.of("d1"))[0]?.isCut).toBe(false);
  using log = logs.open("d1", web);
  log.markCut();
  expect((await logs.of("d1"))[0]?.isCut).toBe(true);
});

it("passes over what a crash has torn, and what is no log", async () => {
  const path = await temporaryDirectory();
  const logs = createKeptLogs({ path });
  write(logs, "d1", web, ["whole"]);
  await appendFile(join(path, "logs", "d1", "shop-green-web-1@green.ndjson"), '{"stream":"stdout","te');
  await writeFile(join(path, "logs", "d1", "note.txt"), "mine");
  await writeFile(join(path, "logs", "d1", "empty@green.ndjson"), "");
  expect(await textsOf(logs, "d1")).toEqual(["whole"]);
});

it("knows deployments by their ids, and takes no path for one", async () => {
  const path = await temporaryDirectory();
  const logs = createKeptLogs({ path });
  expect(await logs.deployments()).toEqual([]);
  write(logs, "d2", web, ["2"]);
  write(logs, "d1", web, ["1"]);
  await mkdir(join(path, "elsewhere"));
  expect(await logs.deployments()).toEqual(["d1", "d2"]);
  expect(await logs.of("../elsewhere")).toEqual([]);
  expect(await logs.of("d3")).toEqual([]);
  await logs.remove("d1");
  await logs.remove("d1");
  expect(await logs.deployments()).toEqual(["d2"]);
});

it("neither writes nor removes anything beside the logs, whatever a deployment or a container is called", async () => {
  const path = await temporaryDirectory();
  const logs = createKeptLogs({ path });
  write(logs, "d1", web, ["kept"]);
  await writeFile(join(path, "journal.ndjson"), "{}\n");
  for (const name of ["..", ".", "", "../logs", "d1/..", "d1/"]) {
    await logs.remove(name);
    const refused = expect.objectContaining({ code: "NAME_INVALID" });
    expect(() => logs.open(name, web)).toThrow(refused);
    expect(() => logs.replace(name, web)).toThrow(refused);
    expect(logs.has(name, web)).toBe(false);
  }
  expect(() => logs.open("d1", { ...web, container: "../../x" })).toThrow(
    expect.objectContaining({ code: "NAME_INVALID" }),
  );
  expect((await readdir(path)).toSorted()).toEqual(["journal.ndjson", "logs"]);
  expect(await textsOf(logs, "d1")).toEqual(["kept"]);
});

it("removes the oldest beyond a number, and beyond what all may take, but never the newest", async () => {
  const logs = createKeptLogs({ path: await temporaryDirectory() }, { mostBytesOfAll: 2_500 });
  const long = ["x".repeat(1_000)];
  for (const id of ["d1", "d2", "d3"]) write(logs, id, web, ["short"]);
  await logs.prune(2);
  expect(await logs.deployments()).toEqual(["d2", "d3"]);
  for (const id of ["d4", "d5", "d6"]) write(logs, id, web, long);
  await logs.prune(10);
  expect(await logs.deployments()).toEqual(["d5", "d6"]);
  write(logs, "d7", web, ["x".repeat(3_000)]);
  await logs.prune(10);
  expect(await logs.deployments()).toEqual(["d7"]);
});

it("makes no part of a home that is not there", async () => {
  const path = join(await temporaryDirectory(), "gone");
  expect(() => createKeptLogs({ path }).open("d1", web)).toThrow("ENOENT");
});
