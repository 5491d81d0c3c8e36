import { appendFile, mkdir, readdir, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { LogOrigin } from "@sluice/core";
import { expect, it } from "vitest";
import { temporaryDirectory } from "../../test/temporary-home.ts";
import { createKeptLogs, type KeptLogs } from "./kept-logs.ts";

const web: LogOrigin = { container: "shop-green-web-1", service: "web", place: "green" };
const build: LogOrigin = { container: "build", service: "build", place: "build" };

function write(logs: KeptLogs, deployment: string, origin: LogOrigin, texts: readonly string[], anew = false) {
  using log = logs.open(deployment, origin, { anew });
  for (const text of texts) log.write({ stream: "stdout", text });
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
  write(logs, "d1", web, ["only this"], true);
  expect(await textsOf(logs, "d1")).toEqual(["only this"]);
  expect((await logs.of("d1"))[0]?.isCut).toBe(false);
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
