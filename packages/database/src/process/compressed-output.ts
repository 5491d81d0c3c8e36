import { type ContainerExec, type ExecOptions, type ExecStream, isSluiceError, SluiceError } from "@sluice/core";
import { compress } from "../compression/zstd.ts";
import { openReadyShell, pipeOf, type ReadyShell, sessionVariable } from "./make-ready.ts";
import { quoteWord } from "./quote-word.ts";
import { reasonOf } from "./reason-of.ts";
import { succeeds } from "./succeeds.ts";
import { createInput, type TurnsEnd } from "./turns.ts";

/** What comes out of a container compressed is passed on in pieces of this size. */
const gatherBytes = 1 << 20;

export interface OutputRequest {
  readonly container: string;
  readonly options: Pick<ExecOptions, "environment" | "signal">;
  /** Writes to its standard output. */
  readonly command: readonly string[];
}

export interface PreparedRequest extends Omit<OutputRequest, "command"> {
  /** Of the backup; what is left of it is found by that (see `makeReady`). */
  readonly session: string;
  /** Default: in the container, where it has what that needs; else in this process. */
  readonly compressIn?: "container" | "process" | undefined;
}

/** All that compressing a command's output takes but the command. Disposing ends it, and what still runs. */
export interface PreparedOutput extends AsyncDisposable {
  /** What dead runs left in the container has ended. */
  ready(): Promise<void>;
  /** Once. Disposing either of the two disposes both. */
  run(command: readonly string[]): Promise<CompressedOutput>;
}

/** Disposing ends what still runs. */
export interface CompressedOutput extends AsyncDisposable {
  /** Throws at its end unless every process exited with 0. Must be read. A chunk holds its bytes until the next is asked for. */
  readonly bytes: AsyncIterable<Uint8Array>;
  /** What went in, once `bytes` ended; `null` where it was compressed in the container. */
  rawBytes(): number | null;
}

/** Runs a command and compresses what it writes in this process. */
export async function compressHere(exec: ContainerExec, request: OutputRequest): Promise<CompressedOutput> {
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
 * It waits to be told that the pipe is there; where the input ends instead, nobody needs it. Once both have opened the pipe,
 * nobody needs its name any more. The shells are `zstd` and the command from then on. What is opened must be a pipe: where
 * it is gone, opening it makes a file.
 */
const missing = (pipe: string) => `echo "${pipe} is no pipe" >&2; rm -f "${pipe}"; exit 1`;
const readPipe = `read -r go || exit 0
[ -p "$1" ] && exec < "$1" && [ -p /proc/self/fd/0 ] || { ${missing("$1")}; }
rm -f "$1"; exec zstd -q -3 -T1 -c`;
/** @param pipe a path without anything that a shell minds */
const writePipe = (
  pipe: string,
  command: readonly string[],
) => `[ -p "${pipe}" ] && exec > "${pipe}" && [ -p /proc/self/fd/1 ] || { ${missing(pipe)}; }
exec ${command.map(quoteWord).join(" ")} < /dev/null`;

interface Pair {
  readonly shell: ReadyShell;
  readonly reader: ExecStream;
}

/**
 * Makes a container ready for a backup (see `makeReady`) and starts what compresses it there: the shell that makes the pipe
 * becomes the command that writes into it, and beside it the container's own `zstd` reads from it. This process only sees
 * what is left after compression. Both are there before the command is known, as each takes a while to start. Where the
 * container has not what that needs, the output is compressed in this process.
 *
 * No shell puts the two together. It would forget how the first of them ended. And where it died before its children, as
 * it does at once when it is told to stop, the container's first process inherits them: PostgreSQL takes an unknown child
 * that ends by a signal for a crash of its own, and throws every session out.
 */
export function prepareOutput(exec: ContainerExec, request: PreparedRequest): PreparedOutput {
  const { container, session, options, compressIn } = request;
  const stop = createStop(options.signal);
  const { signal } = stop;
  const mark = { [sessionVariable]: session };
  const pipe = compressIn === "process" ? null : pipeOf(session);
  const go = createInput();
  const starting = startPair();
  // Whoever waits for something else first would leave it to nobody.
  starting.catch(() => undefined);
  let written: Promise<void> | null = null;
  let isOpened = false;
  let here: CompressedOutput | null = null;

  async function startPair(): Promise<Pair | null> {
    const environment = { ...options.environment, ...mark };
    const [ready, reading] = await Promise.allSettled([
      openReadyShell(exec, { container, session, pipe, signal }, environment),
      pipe === null
        ? null
        : exec.stream(container, ["sh", "-c", readPipe, "sh", pipe], {
            environment: mark,
            stdin: go.bytes(),
            signal,
            gatherBytes,
          }),
    ]);
    const shell = ready.status === "fulfilled" ? ready.value : null;
    const reader = reading.status === "fulfilled" ? reading.value : null;
    if (shell?.hasPipe && reader) return { shell, reader };
    go.end();
    await Promise.allSettled([shell?.[Symbol.asyncDispose](), reader && drain(reader.stdout)]);
    if (ready.status === "rejected") throw ready.reason;
    if (shell?.hasPipe && reading.status === "rejected") {
      await removePipe();
      throw reading.reason;
    }
    return null;
  }

  const removePipe = async () => {
    if (pipe !== null) await removeFile(exec, container, pipe);
  };

  async function end(): Promise<void> {
    if (written) {
      stop.abort();
      await Promise.allSettled([written]);
      if (!isOpened) await removePipe();
      return;
    }
    go.end();
    await here?.[Symbol.asyncDispose]();
    const pair = await starting.catch(() => null);
    if (!pair) return;
    await Promise.allSettled([pair.shell[Symbol.asyncDispose](), drain(pair.reader.stdout)]);
    await removePipe();
  }

  return {
    async ready() {
      await starting;
    },
    async run(command) {
      const pair = await starting;
      if (!pair || pipe === null) {
        here = await compressHere(exec, { container, options, command });
        return { ...here, [Symbol.asyncDispose]: end };
      }
      const { shell, reader } = pair;
      const writing = endOf(shell.become(writePipe(pipe, command)), command).catch((error: unknown) => {
        // Each waits for the other at the pipe: where this one ends badly, nobody else would wake the other.
        stop.abort(error);
        throw error;
      });
      writing.catch(() => undefined);
      written = writing;
      go.push("go\n");
      go.end();
      async function* output(): AsyncGenerator<Uint8Array> {
        for await (const chunk of outputOf(reader, ["zstd"])) {
          isOpened ||= chunk.length > 0;
          yield chunk;
        }
        await writing;
      }
      return { bytes: output(), rawBytes: () => null, [Symbol.asyncDispose]: end };
    },
    [Symbol.asyncDispose]: end,
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

/** What a process writes. @throws SluiceError BACKUP_FAILED or BACKUP_EXIT_LOST at its end */
async function* outputOf({ stdout, done }: ExecStream, line: readonly string[]): AsyncGenerator<Uint8Array> {
  try {
    yield* stdout;
    assertEnded(line, await done);
  } catch (error) {
    throw lost(error, line[0] ?? "");
  }
}

/** How a process ended that writes elsewhere. @throws SluiceError BACKUP_FAILED, BACKUP_EXIT_LOST */
async function endOf(ended: Promise<TurnsEnd>, line: readonly string[]): Promise<void> {
  try {
    assertEnded(line, await ended);
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

function assertEnded(line: readonly string[], ended: TurnsEnd): void {
  if (ended.exitCode !== 0) throw failure(line, ended);
}

function failure([program = ""]: readonly string[], { exitCode, stderr }: TurnsEnd): SluiceError {
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
