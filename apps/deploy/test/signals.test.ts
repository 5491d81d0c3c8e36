import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";

const launcher = join(import.meta.dirname, "../bin/sluice.js");

/** A project, and an engine that takes calls and never answers: whoever asks it waits until it is told to stop. */
async function aProject() {
  const directory = await mkdtemp(join(tmpdir(), "sluice-signals-"));
  await writeFile(join(directory, "compose.yaml"), "services:\n  web: { image: app }\n");
  const engine = createServer().listen(join(directory, "engine.sock"));
  await once(engine, "listening");
  return {
    directory,
    engine,
    async [Symbol.asyncDispose]() {
      engine.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** Starts a deployment by a line of a shell, closes its terminal when it is at work, and stops it then. What ended it first? */
async function endOf(before: string, streams: string, within: (line: string) => readonly [string, readonly string[]]) {
  await using project = await aProject();
  const { directory, engine } = project;
  const line = `${before}"${process.execPath}" -- "${launcher}" deploy --release v1 --json > out ${streams} & echo $! > pid; wait $!`;
  const [command, args] = within(line);
  const env = {
    PATH: process.env["PATH"],
    HOME: directory,
    DOCKER_HOST: `unix://${directory}/engine.sock`,
    SLUICE_HOME: join(directory, "home"),
    STACK_NAME: "signals",
  };
  const started = spawn(command, args, { cwd: directory, env, stdio: "ignore" });
  const ended = once(started, "close");
  await once(engine, "connection");
  const pid = Number(await readFile(join(directory, "pid"), "utf8"));
  process.kill(pid, "SIGHUP");
  // Of two that are there at once the later one would be handled first.
  await vi.waitFor(async () => expect(await pendingSignals(pid)).toBe(0n));
  process.kill(pid, "SIGTERM");
  await ended;
  const events = (await readFile(join(directory, "out"), "utf8")).trim().split("\n");
  return JSON.parse(events.at(-1) ?? "") as unknown;
}

async function pendingSignals(pid: number): Promise<bigint> {
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  const masks = [...status.matchAll(/^(?:Sig|Shd)Pnd:\s*([0-9a-f]+)$/gm)].map(([, mask]) => BigInt(`0x${mask}`));
  return masks.reduce((all, mask) => all | mask);
}

const inShell = (line: string) => ["sh", ["-c", line]] as const;
const onTerminal = (line: string) => ["script", ["--quiet", "--command", line, "/dev/null"]] as const;
const endedBy = (signal: string) => ({
  outcome: "interrupted",
  exitCode: 130,
  reason: expect.stringContaining(signal),
});

// Beside each other: after the signal each waits for an engine that does not answer.
describe.concurrent("a deployment whose terminal is closed", () => {
  it("is stopped in order", async () => {
    expect(await endOf("", "", onTerminal)).toMatchObject(endedBy("SIGHUP"));
  });

  it("goes on where the shell ignores that", async () => {
    expect(await endOf("trap '' HUP; ", "", onTerminal)).toMatchObject(endedBy("SIGTERM"));
  });

  it("goes on under nohup", async () => {
    expect(await endOf("nohup ", "2>&1", onTerminal)).toMatchObject(endedBy("SIGTERM"));
  });

  it("goes on where it has none", async () => {
    expect(await endOf("", "", inShell)).toMatchObject(endedBy("SIGTERM"));
  });
});
