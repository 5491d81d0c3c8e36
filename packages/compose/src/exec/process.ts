import { randomUUID } from "node:crypto";
import { once } from "node:events";
import type { Duplex } from "node:stream";
import { SluiceError, type StreamOptions } from "@sluice/core";
import { type Engine, withSignal } from "../engine/engine.ts";
import { engineError, statusOf } from "../engine/errors.ts";
import { type Frame, readFrames } from "../engine/frames.ts";
import { gatherFrames } from "../engine/gather-frames.ts";
import { killMarked, marker } from "./kill-marked.ts";

/** A process that runs in a container, and the connection to its three streams. */
export interface ContainerProcess {
  /** Ends when both streams ended; a reader that stops early ends the process. */
  readonly frames: AsyncIterable<Frame>;
  /** Writes in order, waiting while the process does not read; `false` once it has ended. */
  write(data: Uint8Array | string): Promise<boolean>;
  endInput(): void;
  exitCode(): Promise<number>;
  kill(): Promise<void>;
  /** Ends the input, as most programs take for their end, and kills what is still there `graceMs` later. */
  close(graceMs: number): Promise<void>;
}

export interface StartOptions extends Pick<StreamOptions, "user" | "environment" | "signal" | "gatherBytes"> {
  readonly withInput: boolean;
  /** Default: the container's. */
  readonly workingDir?: string | undefined;
  /** What `killMarked` finds it by, from another process too. Default: nobody else can know. */
  readonly mark?: string | undefined;
  /** With all that the engine's machine can do. Default: with what the container can. */
  readonly privileged?: boolean | undefined;
}

/** @throws SluiceError EXEC_FAILED when the container does not run, retryable unless it is not there */
export async function startProcess(
  engine: Engine,
  container: string,
  command: readonly string[],
  {
    user,
    environment = {},
    signal,
    gatherBytes,
    withInput,
    workingDir,
    privileged = false,
    mark = randomUUID(),
  }: StartOptions,
): Promise<ContainerProcess> {
  signal?.throwIfAborted();
  const variables = Object.entries({ ...environment, [marker]: mark }).map(([name, value]) => `${name}=${value}`);
  const failed = `${command[0] ?? "a command"} cannot be run in container ${container}`;
  try {
    const docker = await engine.docker();
    const exec = await docker.getContainer(container).exec({
      Cmd: [...command],
      Env: variables,
      AttachStdin: withInput,
      AttachStdout: true,
      AttachStderr: true,
      Tty: false,
      ...(user ? { User: user } : {}),
      ...(workingDir ? { WorkingDir: workingDir } : {}),
      ...(privileged ? { Privileged: true } : {}),
      ...withSignal(signal),
    });
    const forOutput = gatherBytes === undefined ? docker : await engine.dockerForOutput();
    signal?.throwIfAborted();
    const starting = forOutput.getExec(exec.id).start({ hijack: true, stdin: true });
    const connection = await unlessAborted(engine, { container, mark, starting, signal });
    const inspect = () => exec.inspect() as Promise<{ Running: boolean; ExitCode: number | null }>;
    return overConnection(engine, { container, mark, connection, inspect, signal, gatherBytes });
  } catch (error) {
    if (signal?.aborted) throw signal.reason;
    throw engineError(error, failed, "EXEC_FAILED", { retryable: statusOf(error) !== 404 });
  }
}

/** For the engine to answer, and to end what it has started, once the signal has aborted. */
const abortGraceMs = 5_000;

interface Starting extends Pick<Connection, "container" | "mark" | "signal"> {
  readonly starting: Promise<Duplex>;
}

/**
 * The connection, or the signal's reason as soon as what was started is ended, at most 5 s after the signal aborted. The
 * request is not cut off: the engine would start the process all the same, and only its answer, however late, tells that
 * there is something to end.
 */
async function unlessAborted(engine: Engine, { container, mark, starting, signal }: Starting): Promise<Duplex> {
  if (!signal) return starting;
  let onAbort = () => {};
  const aborted = new Promise<void>((resolve) => (onAbort = resolve));
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    await Promise.race([starting, aborted]);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
  if (!signal.aborted) return starting;
  // Also without an answer, which may have been lost on its way.
  const ended = starting
    .then(
      (connection) => void connection.destroy(),
      () => undefined,
    )
    .then(() => killMarked(engine, container, mark));
  const stop = new AbortController();
  await Promise.race([ended, engine.clock.sleep(abortGraceMs, stop.signal).catch(() => undefined)]);
  stop.abort();
  throw signal.reason;
}

interface Connection {
  readonly container: string;
  readonly mark: string;
  readonly connection: Duplex;
  readonly inspect: () => Promise<{ Running: boolean; ExitCode: number | null }>;
  readonly signal: AbortSignal | undefined;
  readonly gatherBytes: number | undefined;
}

function overConnection(
  engine: Engine,
  { container, mark, connection, inspect, signal, gatherBytes }: Connection,
): ContainerProcess {
  const kill = async () => {
    connection.destroy();
    await killMarked(engine, container, mark);
  };
  // Errors reach whoever reads; one that nobody reads must not end the program.
  connection.on("error", () => undefined);
  const onAbort = () => void kill();
  signal?.addEventListener("abort", onAbort, { once: true });
  const output = () => (gatherBytes === undefined ? readFrames(connection) : gatherFrames(connection, gatherBytes));
  return {
    kill,
    frames: readToEnd(connection, output, signal, kill, () => signal?.removeEventListener("abort", onAbort)),
    async write(data) {
      if (connection.destroyed || connection.writableEnded) return false;
      if (connection.write(data)) return true;
      const stop = new AbortController();
      try {
        await Promise.race([
          once(connection, "drain", { signal: stop.signal }),
          once(connection, "close", { signal: stop.signal }),
        ]);
        return !connection.destroyed;
      } catch {
        return false;
      } finally {
        stop.abort();
      }
    },
    endInput: () => void connection.end(),
    async close(graceMs) {
      if (connection.destroyed) return;
      const stop = new AbortController();
      const ended = once(connection, "close", { signal: stop.signal }).then(() => true);
      connection.end();
      const late = engine.clock.sleep(graceMs, stop.signal).then(() => false);
      try {
        if (!(await Promise.race([ended, late]))) await kill();
      } finally {
        stop.abort();
        await Promise.allSettled([ended, late]);
      }
    },
    exitCode: () => exitCode(engine, container, inspect),
  };
}

async function* readToEnd(
  connection: Duplex,
  output: () => AsyncIterable<Frame>,
  signal: AbortSignal | undefined,
  kill: () => Promise<void>,
  release: () => void,
): AsyncGenerator<Frame> {
  let ended = false;
  try {
    yield* output();
    ended = true;
  } catch (error) {
    ended = true;
    signal?.throwIfAborted();
    throw engineError(error, "the connection to a process in a container broke", "EXEC_FAILED");
  } finally {
    release();
    if (ended) connection.destroy();
    else await kill();
  }
  signal?.throwIfAborted();
}

/**
 * The engine notes the exit code some milliseconds after it closed the streams. An event subscription that is opened
 * now could already be too late, so this asks again, for at most 10 s.
 */
async function exitCode({ clock }: Engine, container: string, inspect: Connection["inspect"]): Promise<number> {
  const deadline = clock.monotonicMs() + 10_000;
  for (let pause = 2; ; pause = Math.min(pause * 2, 200)) {
    const { Running, ExitCode } = await inspect().catch((error: unknown) => {
      throw engineError(error, `the exit code of a process in container ${container} is not known`, "EXEC_FAILED");
    });
    if (!Running && ExitCode !== null) return ExitCode;
    if (clock.monotonicMs() >= deadline) {
      throw new SluiceError("EXEC_FAILED", `a process in container ${container} closed its output but runs on`);
    }
    await clock.sleep(pause);
  }
}
