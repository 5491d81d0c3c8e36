import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { chmod, mkdtemp, readdir, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import { type ContainerExec, type ExecOptions, SluiceError } from "@sluice/core";
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

/** Runs on this machine what would run in a container. @param onSaid gets its standard error */
function execWith(path: string, onSaid: (text: string) => void = () => undefined): ContainerExec {
  return {
    async stream(_container: string, [name = "", ...args]: readonly string[], { stdin }: ExecOptions = {}) {
      const child = spawn(name, args, { env: { PATH: path }, stdio: "pipe" });
      child.stderr.on("data", (said: Buffer) => onSaid(said.toString()));
      const done = once(child, "close").then(([exitCode]) => ({ exitCode, stderr: "" }));
      void pipeline(stdin as AsyncIterable<Uint8Array>, child.stdin).catch(() => undefined);
      return { stdout: child.stdout, done };
    },
  } as unknown as ContainerExec;
}

/** Runs it only once whoever asked for it is dead: what was sent is there, then comes the end, and nobody reads. */
function execAfterDeath(ended: (child: ChildProcess) => void): ContainerExec {
  return {
    async stream(_container: string, [name = "", ...args]: readonly string[], { stdin }: ExecOptions = {}) {
      async function* sent() {
        for await (const first of stdin as AsyncIterable<Uint8Array>) {
          yield first;
          break;
        }
      }
      const child = spawn(name, args, { stdio: ["pipe", "ignore", "ignore"] });
      child.once("close", () => ended(child));
      void pipeline(sent(), child.stdin).catch(() => undefined);
      return {
        stdout: (async function* () {})(),
        done: once(child, "close").then(() => ({ exitCode: 0, stderr: "" })),
      };
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

it("says nothing of a process that ends while it looks", async () => {
  const path = await programs("sh", "tr");
  const finds = join(directory, "grep");
  await writeFile(finds, '#!/bin/sh\n[ "$1" != -l ] || echo /proc/4194305/environ\n');
  await chmod(finds, 0o755);
  const said: string[] = [];
  const exec = execWith(path, (text) => said.push(text));
  const request = { container: "db", session: "backup-2", pipe: null, variable };
  expect(await makeReady(exec, request)).toEqual({ ended: 0, hasPipe: false });
  expect(said).toEqual([]);
});

it("nothing is ended for a run that is dead itself by the time this begins", async () => {
  const next = await sleeper("backup-2");
  const over = new Promise<ChildProcess>((resolve) => {
    const request = { container: "db", session: "backup-1", pipe: join(directory, "pipe"), variable };
    void makeReady(execAfterDeath(resolve), request).catch(() => undefined);
  });
  expect((await over).exitCode).toBe(0);
  await expect(stat(join(directory, "pipe"))).rejects.toMatchObject({ code: "ENOENT" });
  next.kill("SIGINT");
  expect(await once(next, "exit")).toEqual([null, "SIGINT"]);
});

it("what is no backup's is spared", async () => {
  const reading = await sleeper("compare-1");
  const request = { container: "db", session: "backup-2", pipe: null, variable };
  expect(await makeReady(execWith(process.env["PATH"] ?? ""), request)).toEqual({ ended: 0, hasPipe: false });
  expect(reading.signalCode).toBeNull();
});

it("a parent sees its child end before it is ended itself", async () => {
  // It tells how its child ended, and would not where it was ended first.
  const script = 'sleep 60 & echo begun; wait $!; echo "$?"; exec sleep 60';
  const parent = spawn("sh", ["-c", script], {
    env: { PATH: process.env["PATH"], [variable]: "backup-1" },
    stdio: ["ignore", "pipe", "ignore"],
  });
  children.push(parent);
  const [begun] = (await once(parent.stdout, "data")) as [Buffer];
  expect(begun.toString()).toBe("begun\n");
  const output = text(parent.stdout);
  const request = { container: "db", session: "backup-2", pipe: null, variable };
  expect((await makeReady(execWith(process.env["PATH"] ?? ""), request)).ended).toBe(2);
  expect(await output).toBe("143\n");
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

  it("is the only one that is left", async () => {
    const path = await programs("sh", "grep", "tr", "rm", "mkfifo");
    for (const name of ["sluice-backup.pipe", "sluice-backup-0.pipe", "sluice-compare-0.pipe"]) {
      await writeFile(join(directory, name), "what a dead run left");
    }
    expect(await ready(path, join(directory, "sluice-backup-1.pipe"))).toBe(true);
    const left = (await readdir(directory)).filter((name) => name.startsWith("sluice-"));
    expect(left.toSorted()).toEqual(["sluice-backup-1.pipe", "sluice-compare-0.pipe"]);
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
    const failing = (error: Error) => ({ stream: () => Promise.reject(error) }) as unknown as ContainerExec;
    const request = { container: "db", session: "backup-1", pipe: "/tmp/pipe" };
    const missing = new SluiceError("EXEC_FAILED", "sh cannot be run");
    expect(await makeReady(failing(missing), request)).toEqual({ ended: 0, hasPipe: false });
    const gone = new SluiceError("ENGINE_UNREACHABLE", "no engine");
    await expect(makeReady(failing(gone), request)).rejects.toBe(gone);
  });
});
