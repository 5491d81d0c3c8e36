import { type ChildProcess, type ChildProcessByStdio, spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import type { SluiceEvent } from "@sluice/core";

export const launcher = join(import.meta.dirname, "../bin/sluice.js");

export interface CliRun {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Events of `--json`, in order; empty without it. */
  readonly events: readonly SluiceEvent[];
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunningCli {
  readonly process: ChildProcess;
  readonly done: Promise<CliRun>;
  /** Resolves with the first event, past or to come, that the test picks. Rejects when the command ends without one. */
  event(picks: (event: SluiceEvent) => boolean): Promise<SluiceEvent>;
}

/** Starts the built command line as users do: as a process. */
export function startCli(args: readonly string[], cwd: string, env: NodeJS.ProcessEnv): RunningCli {
  return follow(spawn(process.execPath, [launcher, ...args], { cwd, env, stdio: ["ignore", "pipe", "pipe"] }));
}

/** As `startCli`, on a terminal: what it draws is its stdout. */
export function startOnTerminal(args: readonly string[], cwd: string, env: NodeJS.ProcessEnv): RunningCli {
  const command = [process.execPath, launcher, ...args].map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(" ");
  const script = ["--quiet", "--return", "--command", command, "/dev/null"];
  const seen = { ...env, CI: "", TERM: "xterm" };
  return follow(spawn("script", script, { cwd, env: seen, stdio: ["ignore", "pipe", "pipe"] }));
}

function follow(child: ChildProcessByStdio<null, Readable, Readable>): RunningCli {
  const events: SluiceEvent[] = [];
  const waiting = new Set<(event: SluiceEvent) => void>();
  let stdout = "";
  let stderr = "";
  createInterface(child.stdout).on("line", (line) => {
    stdout += `${line}\n`;
    if (!line.startsWith('{"v":')) return;
    const event = JSON.parse(line) as SluiceEvent;
    events.push(event);
    for (const tell of waiting) tell(event);
  });
  child.stderr.on("data", (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  const done = new Promise<CliRun>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (exitCode, signal) => resolve({ exitCode, signal, events, stdout, stderr }));
  });
  return {
    process: child,
    done,
    event: (picks) => {
      const past = events.find(picks);
      if (past) return Promise.resolve(past);
      return new Promise((resolve, reject) => {
        waiting.add((event) => {
          if (picks(event)) resolve(event);
        });
        void done.then(
          ({ stdout: said }) => reject(new Error(`the command ended without the event:\n${said.slice(-2_000)}`)),
          reject,
        );
      });
    },
  };
}
