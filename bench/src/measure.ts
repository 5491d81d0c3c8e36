import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import type { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { nowMs } from "./clock.ts";

export interface MeasureOptions {
  readonly cwd?: string;
  /** Added to the environment of this process. */
  readonly env?: Readonly<Record<string, string>>;
  /** SIGKILL for the whole process group after this time; absent: never. */
  readonly killAfterMs?: number;
  /** SIGTERM for the process group when aborted, SIGKILL 5 s later. */
  readonly signal?: AbortSignal;
  /** Called for each piece of standard output as it comes. */
  readonly onOutput?: (chunk: string) => void;
}

/** What a command has cost. Times in milliseconds; `startedAt` and `endedAt` are of the monotonic clock. */
export interface Measurement {
  readonly startedAt: number;
  readonly endedAt: number;
  readonly wallMs: number;
  /** User and system time of the command and all its children that were waited for; absent when it was killed. */
  readonly cpuMs?: number;
  /** Absent when a signal ended it. */
  readonly exitCode?: number;
  readonly stdout: string;
  readonly stderr: string;
}

// The shell's `time` counts all descendants that were waited for, to the millisecond, which Node does not offer. The
// times go to descriptor 3 and the command's own errors to 4, so that neither is mixed up with the other.
const timed = "TIMEFORMAT='%3R %3U %3S'; { time \"$@\" 2>&4 3>&- 4>&- ; } 2>&3";

/** Runs a command in a process group of its own and says what it took. Rejects only when it cannot be started. */
export async function measure(command: readonly string[], options: MeasureOptions = {}): Promise<Measurement> {
  const { cwd, env, killAfterMs, signal, onOutput } = options;
  const startedAt = nowMs();
  const child = spawn("bash", ["-c", timed, "bash", ...command], {
    cwd,
    // A port that the person has set for the shop would be everybody's.
    env: { ...process.env, SHOP_PORT: undefined, ...env },
    detached: true,
    stdio: ["ignore", "pipe", "ignore", "pipe", "pipe"],
  });
  const killTimer = killAfterMs === undefined ? undefined : setTimeout(() => killGroup(child, "SIGKILL"), killAfterMs);
  const abort = () => {
    killGroup(child, "SIGTERM");
    setTimeout(() => killGroup(child, "SIGKILL"), 5_000).unref();
  };
  signal?.addEventListener("abort", abort, { once: true });
  const [, stdout, , times, stderr] = child.stdio as unknown as [null, Readable, null, Readable, Readable];
  if (onOutput) stdout.on("data", (chunk: Buffer) => onOutput(chunk.toString("utf8")));
  try {
    const [output, errors, timesLine, { code, endedAt }] = await Promise.all([
      text(stdout),
      text(stderr),
      text(times),
      once(child, "exit").then(([code]: (number | null)[]) => ({ code, endedAt: nowMs() })),
    ]);
    return {
      startedAt,
      endedAt,
      wallMs: endedAt - startedAt,
      ...parseTimes(timesLine),
      ...(typeof code === "number" ? { exitCode: code } : {}),
      stdout: output,
      stderr: errors,
    };
  } finally {
    clearTimeout(killTimer);
    signal?.removeEventListener("abort", abort);
  }
}

function killGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  try {
    if (pid !== undefined) process.kill(-pid, signal);
  } catch {
    // Nobody is left in the group.
  }
}

function parseTimes(line: string): { wallMs?: number; cpuMs?: number } {
  const [wall, user, system] = line.trim().replaceAll(",", ".").split(" ").map(Number);
  if (wall === undefined || user === undefined || system === undefined) return {};
  return { wallMs: wall * 1_000, cpuMs: (user + system) * 1_000 };
}

/** Runs a command that must succeed, and returns its standard output without the end of its last line. */
export async function run(command: readonly string[], options: MeasureOptions = {}): Promise<string> {
  const result = await measure(command, options);
  if (result.exitCode !== 0) throw new Error(`${describeFailure(command, result)}`);
  return result.stdout.trimEnd();
}

/** One paragraph on a command that failed: what it was, how it ended, its last words. */
export function describeFailure(command: readonly string[], { exitCode, stdout, stderr }: Measurement): string {
  const lastLines = `${stdout}${stderr}`.trimEnd().split("\n").slice(-20).join("\n");
  return `\`${command.join(" ")}\` ended with ${exitCode ?? "a signal"}:\n${lastLines}`;
}
