import { type ChildProcess, spawn } from "node:child_process";
import type { Readable, Writable } from "node:stream";
import { SluiceError } from "@sluice/core";

export interface ResticCall {
  /** What follows `restic`. Never a secret: those are in the environment, or in files that it names. */
  readonly args: readonly string[];
  /** The whole environment of the process. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds after which it is ended: restic itself goes on trying to reach a server for a quarter of an hour. */
  readonly timeoutMs?: number | undefined;
}

export interface ResticEnd {
  /** `null` where a signal ended it. */
  readonly exitCode: number | null;
  /** At most its last 64 KiB. */
  readonly stderr: string;
  readonly timedOut: boolean;
}

/** Disposing ends it, and waits until it has. */
export interface ResticProcess extends AsyncDisposable {
  readonly stdin: Writable | null;
  readonly stdout: Readable;
  /** @throws SluiceError BACKUP_FAILED where there is no restic */
  readonly ended: Promise<ResticEnd>;
}

const stderrBytes = 1 << 16;
const graceMs = 1_000;
const killAfterMs = 5_000;

/**
 * Starts restic in a process group of its own: a Ctrl-C in a terminal reaches it through the signal of the call alone.
 *
 * It is ended by SIGINT, at which it takes its lock out of the repository. Its input stays open meanwhile, as it takes the
 * end of it for the end of a whole file; versions that sit out a SIGINT until their input ends get that a second later,
 * when they save nothing any more.
 */
export function startRestic(
  { args, env, signal, timeoutMs }: ResticCall,
  input: "pipe" | "ignore" = "ignore",
): ResticProcess {
  const child = spawn("restic", args, { env: { ...env }, detached: true, stdio: [input, "pipe", "pipe"] });
  child.stdin?.on("error", () => undefined);
  let stderr = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => (stderr = (stderr + text).slice(-stderrBytes)));
  let timedOut = false;
  let isOver = false;
  let stopping: NodeJS.Timeout[] | undefined;
  const stop = () => {
    if (isOver || stopping) return;
    child.kill("SIGINT");
    stopping = [
      setTimeout(() => child.stdin?.destroy(), graceMs),
      setTimeout(() => child.kill("SIGKILL"), killAfterMs),
    ];
  };
  const late = () => {
    timedOut = true;
    stop();
  };
  const timer = timeoutMs === undefined ? undefined : setTimeout(late, timeoutMs);
  signal?.addEventListener("abort", stop, { once: true });
  const ended = endOf(child)
    .then((exitCode): ResticEnd => ({ exitCode, stderr, timedOut }))
    .finally(() => {
      isOver = true;
      for (const one of [timer, ...(stopping ?? [])]) clearTimeout(one);
      signal?.removeEventListener("abort", stop);
      child.stdin?.destroy();
    });
  // Whoever disposes of it need not have waited for it.
  ended.catch(() => undefined);
  return {
    stdin: child.stdin,
    stdout: child.stdout as Readable,
    ended,
    async [Symbol.asyncDispose]() {
      stop();
      child.stdout?.destroy();
      await ended.catch(() => undefined);
    },
  };
}

function endOf(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve, reject) => {
    child.once("error", (cause: NodeJS.ErrnoException) => {
      reject(
        new SluiceError("BACKUP_FAILED", `restic cannot be started: ${cause.code ?? cause.message}`, {
          hint: "install restic 0.14 or newer where sluice runs; `restic version` must work for this user",
          cause,
        }),
      );
    });
    child.once("close", resolve);
  });
}
