import { spawnSync } from "node:child_process";
import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ContainerExec, type ObservedContainer, SluiceError, type ThrowAway } from "@sluice/core";
import { createFakeWorld } from "@sluice/testing";
import { expect, it } from "vitest";
import { waitUntilReady } from "./wait-until-ready.ts";

const probe = ["pg_isready", "-q"];
const { clock } = createFakeWorld().ports();

/** A container whose engine answers calls with exit codes, one after the other; `null`: the program cannot be started. */
function running(answers: readonly (number | null)[], states: readonly string[] = ["running"]) {
  const calls: (readonly string[])[] = [];
  const [codes, seen] = [[...answers], [...states]];
  const exec = {
    async exec(_container: string, command: readonly string[]) {
      calls.push(command);
      const exitCode = codes.shift();
      if (exitCode === null) throw new SluiceError("EXEC_FAILED", "no such program");
      return { exitCode, stdout: new Uint8Array(), stderr: "" };
    },
  } as unknown as ContainerExec;
  const inspect = async () =>
    ({ state: seen.length > 1 ? seen.shift() : seen[0], exitCode: 1 }) as unknown as ObservedContainer;
  const container: ThrowAway = {
    id: "c1",
    inspect,
    logTail: async () => "FATAL: no",
    [Symbol.asyncDispose]: async () => undefined,
  };
  return { calls, request: { container, exec, clock, probe } };
}

it("a server is asked again inside its container: in one call, however long it takes", async () => {
  const { calls, request } = running([0]);
  await waitUntilReady(request);
  expect(calls).toEqual([["sh", "-c", expect.stringContaining('until "$@"'), "sh", ...probe]]);
});

it("that call ends after some five seconds, however many answers fit into them", async () => {
  const { calls, request } = running([0]);
  await waitUntilReady(request);
  const [[, , script = ""] = []] = calls;
  const directory = await mkdtemp(join(tmpdir(), "sluice-ready-"));
  try {
    // Between two looks at the clock there are two seconds.
    const programs = {
      date: "echo >> looks; echo $((1000 + $(wc -l < looks) * 2))",
      sleep: "exit 0",
      probe: "echo >> asked; exit 1",
    };
    for (const [name, text] of Object.entries(programs)) {
      await writeFile(join(directory, name), `#!/bin/sh\n${text}\n`);
      await chmod(join(directory, name), 0o755);
    }
    const env = { ...process.env, PATH: `${directory}:${process.env["PATH"]}` };
    const { status } = spawnSync("sh", ["-c", script, "sh", "probe"], { cwd: directory, env });
    expect(status).toBe(1);
    expect(await readFile(join(directory, "asked"), "utf8")).toBe("\n".repeat(3));
  } finally {
    await rm(directory, { recursive: true });
  }
});

it("the call is made again where the server takes longer than that", async () => {
  const { calls, request } = running([1, 137, 0]);
  await waitUntilReady(request);
  expect(calls).toHaveLength(3);
});

it("a container without a shell is asked from outside", async () => {
  const { calls, request } = running([null, 1, null, 0]);
  await waitUntilReady(request);
  expect(calls.map(([program]) => program)).toEqual(["sh", "pg_isready", "sh", "pg_isready"]);
});

it("one that ends meanwhile is no server", async () => {
  const { request } = running([137], ["running", "exited"]);
  await expect(waitUntilReady(request)).rejects.toMatchObject({ code: "START_FAILED", detail: "FATAL: no" });
});
