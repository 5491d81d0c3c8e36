import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type LogOrigin, SluiceError } from "@sluice/core";
import { createKeptLogs } from "@sluice/journal";
import { describe, expect, it, onTestFinished } from "vitest";
import type { LogLine, LogOptions } from "../deployer.ts";
import type { Session } from "../session.ts";
import { createDeploymentLogs } from "./deployment-logs.ts";
import { readDeploymentLogs, readKeptLogs } from "./kept-logs.ts";

const web = { container: "shop-green-web-1", service: "web", place: "green" } as const;
const migrate: LogOrigin = { container: "migrate", service: "migrate", place: "green" };
const signal = new AbortController().signal;

/** An engine whose containers have written these lines. */
function engineOf(lines: readonly string[], then: () => void = () => undefined) {
  const asked: object[] = [];
  return {
    asked,
    async *followLogs([container = ""]: readonly string[], options: object = {}) {
      asked.push(options);
      for (const text of lines) yield { container, stream: "stdout" as const, text, at: "" };
      then();
    },
  };
}

async function aHome() {
  const path = await mkdtemp(join(tmpdir(), "sluice-kept-"));
  onTestFinished(() => rm(path, { recursive: true, force: true }));
  const redact = (text: string) => text.replaceAll("canary", "***");
  const session = { home: async () => ({ path }), redact } as unknown as Session;
  const logsWith = (engine: Pick<ReturnType<typeof engineOf>, "followLogs">) =>
    createDeploymentLogs(createKeptLogs({ path }), engine, redact);
  return { path, session, logsWith };
}

async function linesOf(session: Session, id: string, services: readonly string[] = [], options: LogOptions = {}) {
  const found: LogLine[] = [];
  for await (const line of readDeploymentLogs(session, id, services, options)) found.push(line);
  return found;
}

describe("what is kept of a deployment", () => {
  it("is masked on disk already, and has the form of other log lines", async () => {
    const { path, session, logsWith } = await aHome();
    const engine = engineOf(["listens", "token is canary"]);
    const logs = logsWith(engine);
    logs.note("d1", migrate, { stream: "stderr", text: "connects with canary" });
    await logs.keep("d1", { ...web, id: "c1" }, signal);
    expect(await linesOf(session, "d1")).toEqual([
      { ...migrate, stream: "stderr", text: "connects with ***" },
      { ...web, stream: "stdout", text: "listens" },
      { ...web, stream: "stdout", text: "token is ***" },
    ]);
    const directory = join(path, "logs", "d1");
    for (const name of await readdir(directory))
      expect(await readFile(join(directory, name), "utf8")).not.toContain("canary");
    expect(await readKeptLogs(session)).toEqual([{ deployment: "d1", services: ["migrate", "web"] }]);
  });

  it("is the newest of it where there is no time for all, and says that something older is missing", async () => {
    const { session, logsWith } = await aHome();
    const all = Array.from({ length: 5_000 }, (_, index) => `line ${index}`);
    const stop = new AbortController();
    const engine = {
      async *followLogs(_ids: readonly string[], { tail = 0 }: { readonly tail?: number | undefined } = {}) {
        for (const text of all.slice(-tail)) {
          yield { container: "c1", stream: "stdout" as const, text, at: "" };
          if (tail >= all.length && text === "line 10") {
            stop.abort();
            return;
          }
        }
      },
    };
    await logsWith(engine).keep("d1", { ...web, id: "c1" }, stop.signal);
    const texts = (await linesOf(session, "d1")).map(({ text }) => text);
    expect(texts[0]).toContain("what is older is left out");
    expect(texts.slice(1)).toEqual(all.slice(-1_001));
  });

  it("stays as it was where the engine cannot be asked again, and is nothing of a container that wrote nothing", async () => {
    const { session, logsWith } = await aHome();
    await logsWith(engineOf(["good"])).keep("d1", { ...web, id: "c1" }, signal);
    const sick = engineOf([], () => {
      throw new SluiceError("ENGINE_FAILED", "no answer");
    });
    await expect(logsWith(sick).keep("d1", { ...web, id: "c1" }, signal)).rejects.toThrow("no answer");
    expect((await linesOf(session, "d1")).map(({ text }) => text)).toEqual(["good"]);
    await logsWith(engineOf([])).keep("d2", { ...web, id: "c1" }, signal);
    expect(await logsWith(sick).services("d2")).toEqual([]);
    expect(await logsWith(sick).has("d1", web)).toBe(true);
  });

  it("is gone, and gives its room back, where the disk is full all the same", async () => {
    const { session, logsWith } = await aHome();
    const full = engineOf(["begins"], () => {
      throw Object.assign(new Error("no space left on device"), { code: "ENOSPC" });
    });
    const logs = logsWith(full);
    logs.note("d1", migrate, { stream: "stdout", text: "done" });
    await expect(logs.keep("d1", { ...web, id: "c1" }, signal)).rejects.toThrow("no space left");
    expect(await readKeptLogs(session)).toEqual([]);
  });

  it("is shown of other deployments where that of one cannot be read", async () => {
    const { path, session, logsWith } = await aHome();
    const logs = logsWith(engineOf([]));
    for (const id of ["d1", "d2"]) logs.note(id, migrate, { stream: "stdout", text: id });
    await rm(join(path, "logs", "d1", "migrate@green.ndjson"));
    await mkdir(join(path, "logs", "d1", "migrate@green.ndjson"));
    await writeFile(join(path, "logs", "note.txt"), "mine");
    expect((await readKeptLogs(session)).map(({ deployment }) => deployment)).toEqual(["d2"]);
  });

  it("is the same where it is kept twice, and asks the engine for no more than so many lines", async () => {
    const { session, logsWith } = await aHome();
    const engine = engineOf(["one", "two"]);
    for (let times = 0; times < 2; times++) await logsWith(engine).keep("d1", { ...web, id: "c1" }, signal);
    expect((await linesOf(session, "d1")).map(({ text }) => text)).toEqual(["one", "two"]);
    expect(engine.asked[0]).toMatchObject({ tail: 1_001 });
    expect(engine.asked[1]).toMatchObject({ tail: 100_001 });
  });

  it("says where it was cut: before its first line, and where there was no time for the rest", async () => {
    const { session, logsWith } = await aHome();
    const long = Array.from({ length: 100_001 }, (_, index) => `line ${index}`);
    await logsWith(engineOf(long)).keep("d1", { ...web, id: "c1" }, signal);
    const lines = await linesOf(session, "d1");
    expect(lines).toHaveLength(100_002);
    expect(lines[0]?.text).toContain("only the newest of a long log is kept");
    const stop = new AbortController();
    await logsWith(engineOf(["begins"], () => stop.abort())).keep("d2", { ...web, id: "c1" }, stop.signal);
    expect((await linesOf(session, "d2")).map(({ text }) => text)).toEqual([
      "begins",
      "[sluice: the rest could not be read]",
    ]);
  });

  it("can be asked for by service, by its last lines, and by those that speak of an error", async () => {
    const { session, logsWith } = await aHome();
    const logs = logsWith(engineOf(["listens", "Error: no price list", "bye"]));
    logs.note("d1", migrate, { stream: "stdout", text: "done" });
    await logs.keep("d1", { ...web, id: "c1" }, signal);
    const textsOf = async (...asked: Parameters<typeof linesOf>) => (await linesOf(...asked)).map(({ text }) => text);
    expect(await textsOf(session, "d1", ["migrate"])).toEqual(["done"]);
    expect(await textsOf(session, "d1", [], { tail: 1 })).toEqual(["done", "bye"]);
    expect(await textsOf(session, "d1", [], { errors: true })).toEqual(["Error: no price list"]);
    await expect(linesOf(session, "d1", ["db"])).rejects.toMatchObject({
      code: "USAGE",
      hint: "kept are: migrate, web",
    });
  });

  it("is nothing of a deployment that went well: others that have some are named", async () => {
    const { session, logsWith } = await aHome();
    await expect(linesOf(session, "d1")).rejects.toMatchObject({ code: "LOGS_UNKNOWN", exitCode: 2 });
    const logs = logsWith(engineOf([]));
    for (const id of ["d1", "d2", "d3"]) logs.note(id, migrate, { stream: "stdout", text: id });
    await logs.discard("d1");
    expect(await logs.services("d1")).toEqual([]);
    await expect(linesOf(session, "d1")).rejects.toMatchObject({
      message: "no logs of deployment d1 are kept",
      hint: "there are some of d3, d2",
    });
    await logs.prune(1);
    expect((await readKeptLogs(session)).map(({ deployment }) => deployment)).toEqual(["d3"]);
    // A line that comes after the end finds its place again.
    logs.note("d3", migrate, { stream: "stdout", text: "late" });
    expect((await linesOf(session, "d3")).map(({ text }) => text)).toEqual(["d3", "late"]);
  });
});
