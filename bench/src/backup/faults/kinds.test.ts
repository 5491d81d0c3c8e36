import { spawn } from "node:child_process";
import { describe, expect, it } from "vitest";
import { wrongEnding } from "./aftermath.ts";
import type { EngineProxy } from "./engine-proxy.ts";
import { type Fault, killedAt, kinds } from "./kinds.ts";
import { type Stage, watchTaking } from "./stage.ts";

const whole = { ms: 1, dumpMs: 1, bytes: 1 };
const says = (program: string) => watchTaking(spawn(process.execPath, ["-e", program]));

/** A stage whose backups are other programs, and at whose proxy there is what a test wants. */
function aStage(program: string, connections = 1): Stage {
  const proxy = { host: "", connected: () => Promise.resolve(), cut: () => connections };
  const server = { stack: "", directory: "", container: "", image: "" };
  return {
    server,
    directory: "",
    proxy: proxy as unknown as EngineProxy,
    take: () => says(program),
  };
}

const faultAt = (kind: string): Fault => {
  const fault = kinds[kind]?.(0.5, whole);
  if (!fault) throw new Error(`there is no ${kind}`);
  return fault;
};
const problemsOf = async (fault: Fault, stage: Stage, listed: readonly string[] = []) =>
  wrongEnding(fault, await fault.run(stage, 1), listed);

describe("killed at a step", () => {
  it("is so where the process has come to it", async () => {
    const program = 'console.log("stopped"); setTimeout(() => console.log("id-1"), 60_000)';
    expect(await problemsOf(killedAt("dump opened"), aStage(program))).toEqual([]);
  });

  it("hits nothing where the step is none: the backup goes on to its end", async () => {
    expect(await killedAt("nonsense").run(aStage('console.log("id-1")'), 1)).toEqual({ word: "id-1", hit: false });
    expect(await problemsOf(killedAt("nonsense"), aStage('console.log("id-1")'), ["id-1"])).toEqual([
      'it hit nothing, and the backup ended with "id-1"',
    ]);
  });
});

describe("at a moment", () => {
  const waits = "setTimeout(() => console.log('id-1'), 60_000)";

  it("our process is hit where it is still there, and not where it has ended", async () => {
    expect(await faultAt("us").run(aStage(waits), 1)).toEqual({ word: "", hit: true });
    const late = kinds["us"]?.(0.9, { ...whole, ms: 5_000 });
    expect(await late?.run(aStage("console.log('id-1')"), 1)).toEqual({ word: "id-1", hit: false });
  });

  it("a cut that finds no connection is no hit, though the backup is listed", async () => {
    const program = "console.log('id-1')";
    expect(await problemsOf(faultAt("cut"), aStage(program, 1), ["id-1"])).toEqual([]);
    expect(await problemsOf(faultAt("cut"), aStage(program, 0), ["id-1"])).toEqual([
      'it hit nothing, and the backup ended with "id-1"',
    ]);
  });
});

it("whoever lost its dump must not end well, nor with any code", () => {
  const dump = faultAt("dump");
  expect(wrongEnding(dump, { word: "BACKUP_FAILED", hit: true }, [])).toEqual([]);
  expect(wrongEnding(dump, { word: "id-1", hit: true }, ["id-1"])).toEqual(['it ended with "id-1"']);
  expect(wrongEnding(dump, { word: "DISK_FULL", hit: true }, [])).toEqual(['it ended with "DISK_FULL"']);
  expect(wrongEnding(dump, { word: "BACKUP_FAILED", hit: false }, [])).toHaveLength(1);
});
