import { type ContainerExec, type ExecOptions, type ExecStream, isSluiceError, SluiceError } from "@sluice/core";
import { compress } from "../compression/zstd.ts";
import { pipeOf, sessionVariable } from "./make-ready.ts";
import { reasonOf } from "./reason-of.ts";
import { succeeds } from "./succeeds.ts";

/** What comes out of a container compressed is passed on in pieces of this size. */
const gatherBytes = 1 << 20;

export interface OutputRequest {
  readonly container: string;
  /** Of the backup; what is left of it is found by that (see `makeReady`). */
  readonly session: string;
  readonly options: Pick<ExecOptions, "environment" | "signal">;
  /** Writes to its standard output. */
  readonly command: readonly string[];
}

/** Disposing ends what still runs. */
export interface CompressedOutput extends AsyncDisposable {
  /** Throws at its end unless every process exited with 0. Must be read. A chunk holds its bytes until the next is asked for. */
  readonly bytes: AsyncIterable<Uint8Array>;
  /** What went in, once `bytes` ended; `null` where it was compressed in the container. */
  rawBytes(): number | null;
}

/** Runs a command and compresses what it writes in this process. */
export async function compressHere(
  exec: ContainerExec,
  request: Omit<OutputRequest, "session">,
): Promise<CompressedOutput> {
  const { container, options, command } = request;
  const stop = createStop(options.signal);
  const process = await exec.stream(container, command, { ...options, signal: stop.signal });
  let raw = 0;
  async function* output(): AsyncGenerator<Uint8Array> {
    for await (const chunk of outputOf(process, command)) {
      raw += chunk.length;
      yield chunk;
    }
  }
  return { bytes: compress(output()), rawBytes: () => raw, [Symbol.asyncDispose]: async () => stop.abort() };
}

/**
 * Once both have opened the pipe, nobody needs its name any more. The shells are `zstd` and the command from then on. What
 * is opened must be a pipe: where it is gone, opening it makes a file.
 */
const missing = 'echo "$1 is no pipe" >&2; rm -f "$1"; exit 1';
const readPipe = `[ -p "$1" ] && exec < "$1" && [ -p /proc/self/fd/0 ] || { ${missing}; }
rm -f "$1"; exec zstd -q -3 -T1 -c`;
const writePipe = `[ -p "$1" ] && exec > "$1" && [ -p /proc/self/fd/1 ] || { ${missing}; }
shift; exec "$@"`;

/**
 * Runs a command that writes into the pipe that `makeReady` made, and beside it the container's own `zstd` that reads from
 * it. This process only sees what is left after compression.
 *
 * No shell puts the two together. It would forget how the first of them ended. And where it died before its children, as
 * it does at once when it is told to stop, the container's first process inherits them: PostgreSQL takes an unknown child
 * that ends by a signal for a crash of its own, and throws every session out.
 */
export async function compressThere(exec: ContainerExec, request: OutputRequest): Promise<CompressedOutput> {
  const { container, session, options, command } = request;
  const stop = createStop(options.signal);
  const { signal } = stop;
  const mark = { [sessionVariable]: session };
  const environment = { ...options.environment, ...mark };
  const pipe = pipeOf(session);
  const [reader, writer] = await startBoth(
    [
      exec.stream(container, ["sh", "-c", readPipe, "sh", pipe], { environment: mark, signal, gatherBytes }),
      exec.stream(container, ["sh", "-c", writePipe, "sh", pipe, ...command], { environment, signal }),
    ],
    async (error) => {
      stop.abort(error);
      await removeFile(exec, container, pipe);
    },
  );
  // Each waits for the other at the pipe: where this one ends badly, nobody else would wake the other.
  const written = drain(outputOf(writer, command)).catch((error: unknown) => {
    stop.abort(error);
    throw error;
  });
  written.catch(() => undefined);
  let isOpened = false;
  async function* output(): AsyncGenerator<Uint8Array> {
    for await (const chunk of outputOf(reader, ["zstd"])) {
      isOpened ||= chunk.length > 0;
      yield chunk;
    }
    await written;
  }
  return {
    bytes: output(),
    rawBytes: () => null,
    async [Symbol.asyncDispose]() {
      stop.abort();
      await Promise.allSettled([written]);
      if (!isOpened) await removeFile(exec, container, pipe);
    },
  };
}

/** Compresses a file of a container there; `null` where it has no `zstd`. */
export async function compressFileThere(
  exec: ContainerExec,
  container: string,
  path: string,
  given?: AbortSignal,
): Promise<CompressedOutput | null> {
  if (!(await succeeds(exec, container, ["zstd", "-q", "--version"], given))) return null;
  const stop = createStop(given);
  const line = ["zstd", "-q", "-3", "-T1", "-c", path];
  const reader = await exec.stream(container, line, { signal: stop.signal, gatherBytes });
  return {
    bytes: outputOf(reader, line),
    rawBytes: () => null,
    [Symbol.asyncDispose]: async () => stop.abort(),
  };
}

/** Aborts with the given signal, and by itself. */
function createStop(given: AbortSignal | undefined): { readonly signal: AbortSignal; abort(reason?: unknown): void } {
  const stop = new AbortController();
  const signal = given ? AbortSignal.any([given, stop.signal]) : stop.signal;
  return { signal, abort: (reason) => stop.abort(reason) };
}

type Both = readonly [ExecStream, ExecStream];

/** Where one cannot be started, the other is told so. */
async function startBoth(
  starting: readonly [Promise<ExecStream>, Promise<ExecStream>],
  fail: (error: unknown) => Promise<void>,
): Promise<Both> {
  try {
    return await Promise.all(starting);
  } catch (error) {
    await Promise.allSettled(starting);
    await fail(error);
    throw error;
  }
}

interface Ended {
  readonly exitCode: number;
  readonly stderr: string;
}

/** What a process writes. @throws SluiceError BACKUP_FAILED or BACKUP_EXIT_LOST at its end */
async function* outputOf({ stdout, done }: ExecStream, line: readonly string[]): AsyncGenerator<Uint8Array> {
  try {
    yield* stdout;
    assertEnded(line, await done);
  } catch (error) {
    throw lost(error, line[0] ?? "");
  }
}

async function drain(output: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const _chunk of output);
}

function lost(error: unknown, program: string): unknown {
  if (!isSluiceError(error) || error.code !== "EXEC_FAILED") return error;
  return new SluiceError("BACKUP_EXIT_LOST", `nobody saw how ${program} ended: ${error.message}`, {
    hint: "nothing was stored; look at the database's container and its log, then run it again",
    cause: error,
  });
}

function assertEnded(line: readonly string[], ended: Ended): void {
  if (ended.exitCode !== 0) throw failure(line, ended);
}

function failure([program = ""]: readonly string[], { exitCode, stderr }: Ended): SluiceError {
  const silent = exitCode > 128 ? `it was ended by signal ${exitCode - 128}` : "it said nothing";
  const reason = reasonOf(stderr) ?? silent;
  return new SluiceError("BACKUP_FAILED", `${program} failed (exit code ${exitCode}): ${reason}`, {
    hint: "nothing was stored; see the detail and the log of the database's container, then run it again",
    detail: stderr.trim() || undefined,
  });
}

async function removeFile(exec: ContainerExec, container: string, path: string): Promise<void> {
  // The container may be gone.
  await exec.exec(container, ["rm", "-f", path]).catch(() => undefined);
}
