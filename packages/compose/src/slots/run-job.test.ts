import { Readable } from "node:stream";
import type { OutputLine } from "@sluice/core";
import { createFakeClock } from "@sluice/testing";
import type Docker from "dockerode";
import { describe, expect, it } from "vitest";
import { createEngine, type Engine } from "../engine/engine.ts";
import { runToEnd } from "./run-job.ts";

/** An engine with one container, which ends as it is told to. */
function engineWith(container: Partial<Docker.Container>): Engine {
  const engine = createEngine({ env: {}, clock: createFakeClock() });
  const docker = {
    getContainer: () => ({ start: async () => undefined, inspect: async () => job, ...container }),
  } as unknown as Docker;
  return { ...engine, docker: async () => docker, call: (_what, run) => run(docker) };
}

const job = {
  Id: "j1",
  Config: { Tty: true } as Docker.ContainerInspectInfo["Config"],
  State: { OOMKilled: false },
  HostConfig: {},
};
const ended = (StatusCode: number) => async () => ({ StatusCode });
const noLog = () =>
  Promise.reject(Object.assign(new Error("configured logging driver does not support reading"), { statusCode: 501 }));

async function outputOf(container: object): Promise<readonly string[]> {
  const lines: OutputLine[] = [];
  await runToEnd(engineWith(container), job, "migrate", { onOutput: (line) => lines.push(line) });
  return lines.map(({ stream, text }) => `${stream}: ${text}`);
}

describe("a job whose log cannot be read", () => {
  it("runs to its end, and it is told that nothing of it is seen", async () => {
    expect(await outputOf({ logs: noLog, wait: ended(0) })).toEqual([
      "stderr: the output of migrate cannot be shown: configured logging driver does not support reading; it goes on",
    ]);
  });

  it("fails as it failed", async () => {
    await expect(outputOf({ logs: noLog, wait: ended(4) })).rejects.toMatchObject({
      code: "JOB_FAILED",
      message: "job migrate ended with exit code 4",
    });
  });

  it("tells that it was killed for memory, and at which limit", async () => {
    const inspect = async () => ({ ...job, State: { OOMKilled: true }, HostConfig: { Memory: 67_108_864 } });
    await expect(outputOf({ logs: noLog, wait: ended(137), inspect })).rejects.toMatchObject({
      code: "JOB_FAILED",
      message: "job migrate was killed for memory (its limit is 64 MiB)",
    });
  });

  it("shows what came before the connection broke", async () => {
    const logs = async () =>
      Readable.from(
        (async function* () {
          yield Buffer.from("step one\nstep t");
          throw new Error("socket hang up");
        })(),
      );
    expect(await outputOf({ logs, wait: ended(0) })).toEqual([
      "stdout: step one",
      "stdout: step t",
      "stderr: the output of migrate cannot be shown: socket hang up; it goes on",
    ]);
  });
});
