import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { chmod, mkdtemp, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { type ContainerExec, SluiceError } from "@sluice/core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { makeReady } from "../src/process/make-ready.ts";

let directory = "";
const children: ChildProcess[] = [];
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "sluice-ready-"));
});
afterEach(async () => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
  await rm(directory, { recursive: true });
});

/** Runs on this machine what would run in a container. */
function execWith(path: string): ContainerExec {
  return {
    async exec(_container: string, [name = "", ...args]: readonly string[]) {
      const child = spawn(name, args, { env: { PATH: path }, stdio: ["ignore", "pipe", "ignore"] });
      return { exitCode: 0, stdout: Buffer.from(await text(child.stdout)), stderr: "" };
    },
  } as unknown as ContainerExec;
}

/** A directory with these programs of this machine, and a `zstd` that does nothing. */
async function programs(...names: readonly string[]): Promise<string> {
  for (const name of names) await symlink(`/usr/bin/${name}`, join(directory, name));
  const zstd = join(directory, "zstd");
  await writeFile(zstd, "#!/bin/sh\n");
  await chmod(zstd, 0o755);
  return directory;
}

const variable = `SLUICE_TEST_${randomBytes(6).toString("hex").toUpperCase()}`;

async function sleeper(session: string): Promise<ChildProcess> {
  const child = spawn("sleep", ["60"], { env: { PATH: process.env["PATH"], [variable]: session }, stdio: "ignore" });
  children.push(child);
  await once(child, "spawn");
  return child;
}

it("what dead runs left is ended, what this run does beside it is not", async () => {
  const exec = execWith(process.env["PATH"] ?? "");
  const [dead, own] = await Promise.all([sleeper("backup-1"), sleeper("backup-2")]);
  const ended = once(dead, "exit");
  const request = { container: "db", session: "backup-2", pipe: null, variable };
  expect(await makeReady(exec, request)).toEqual({ ended: 1, hasPipe: false });
  expect(await ended).toEqual([null, "SIGTERM"]);
  expect(own.signalCode).toBeNull();
  expect(await makeReady(exec, request)).toEqual({ ended: 0, hasPipe: false });
});

describe("the pipe", () => {
  const ready = async (path: string, pipe: string) =>
    (await makeReady(execWith(path), { container: "db", session: "backup-1", pipe })).hasPipe;

  it("is made anew, for its owner alone", async () => {
    const path = await programs("sh", "grep", "tr", "rm", "mkfifo");
    const pipe = join(directory, "pipe");
    await writeFile(pipe, "what a dead run left");
    expect(await ready(path, pipe)).toBe(true);
    const { mode } = await stat(pipe);
    expect((mode & 0o777).toString(8)).toBe("600");
    expect((await stat(pipe)).isFIFO()).toBe(true);
  });

  it("is not there without the programs it takes, nor where nobody can write", async () => {
    const path = await programs("sh", "grep", "tr", "rm");
    expect(await ready(path, join(directory, "pipe"))).toBe(false);
    await symlink("/usr/bin/mkfifo", join(directory, "mkfifo"));
    expect(await ready(path, "/proc/sluice.pipe")).toBe(false);
    await rm(join(directory, "zstd"));
    expect(await ready(path, join(directory, "pipe"))).toBe(false);
  });

  it("is not there without a shell, and what else goes wrong is told", async () => {
    const failing = (error: Error) => ({ exec: () => Promise.reject(error) }) as unknown as ContainerExec;
    const request = { container: "db", session: "backup-1", pipe: "/tmp/pipe" };
    const missing = new SluiceError("EXEC_FAILED", "sh cannot be run");
    expect(await makeReady(failing(missing), request)).toEqual({ ended: 0, hasPipe: false });
    const gone = new SluiceError("ENGINE_UNREACHABLE", "no engine");
    await expect(makeReady(failing(gone), request)).rejects.toBe(gone);
  });
});
