import {
  type ContainerExec,
  type ExecResult,
  type ExecSession,
  type ExecStream,
  SluiceError,
  type StreamOptions,
} from "@sluice/core";
import { type Engine, withSignal } from "../engine/engine.ts";
import { engineError } from "../engine/errors.ts";
import { type ContainerProcess, startProcess } from "./process.ts";
import { putFiles } from "./put-files.ts";
import { createTail } from "./tail-text.ts";

const stderrBytes = 64 * 1024;
/** For a session's process to end by itself once its input has ended. */
const sessionGraceMs = 500;

/**
 * Runs processes in containers of an engine, byte-exact in both directions. A signal that aborts ends the process and
 * what it started, as far as the container has `sh` and `grep` (see `killMarked`).
 */
export function createContainerExec(engine: Engine): ContainerExec {
  const containerExec: ContainerExec = {
    async exec(container, command, options = {}): Promise<ExecResult> {
      const { stdout, done } = await stream(engine, container, command, options);
      const chunks: Uint8Array[] = [];
      for await (const chunk of stdout) chunks.push(chunk);
      return { ...(await done), stdout: Buffer.concat(chunks) };
    },
    stream: (container, command, options = {}) => stream(engine, container, command, options),
    async open(container, command, { signal } = {}): Promise<ExecSession> {
      const process = await startProcess(engine, container, command, { withInput: true, signal });
      return {
        stdout: onlyOutput(process),
        async write(text) {
          if (await process.write(text)) return;
          throw new SluiceError("EXEC_FAILED", `${command[0]} in container ${container} has ended`, {
            retryable: true,
          });
        },
        async [Symbol.asyncDispose]() {
          await process.close(sessionGraceMs);
        },
      };
    },
    putFiles: (container, files, signal) => putFiles(engine, containerExec, container, files, signal),
    async signal(container, name) {
      try {
        await (await engine.docker()).getContainer(container).kill({ signal: name });
      } catch (error) {
        throw engineError(error, `${name} cannot be sent to container ${container}`, "EXEC_FAILED");
      }
    },
    async environment(container, signal) {
      try {
        const { Config } = await (await engine.docker()).getContainer(container).inspect(withSignal(signal));
        // An image without any has none.
        return parseEnvironment((Config.Env as readonly string[] | null) ?? []);
      } catch (error) {
        signal?.throwIfAborted();
        throw engineError(error, `the environment of container ${container} cannot be read`, "EXEC_FAILED");
      }
    },
  };
  return containerExec;
}

async function stream(
  engine: Engine,
  container: string,
  command: readonly string[],
  { stdin, user, environment, signal, gatherBytes }: StreamOptions,
): Promise<ExecStream> {
  const withInput = stdin !== undefined;
  const process = await startProcess(engine, container, command, {
    user,
    environment,
    signal,
    gatherBytes,
    withInput,
  });
  let inputError: unknown;
  if (withInput) {
    void feed(process, stdin).catch((error: unknown) => {
      inputError = error;
      return process.kill();
    });
  }
  const { promise: done, resolve, reject } = deferred<{ exitCode: number; stderr: string }>();
  // Whoever reads `stdout` meets the same error there.
  done.catch(() => undefined);
  async function* stdout() {
    const errors = createTail(stderrBytes);
    let head = "";
    let ended = false;
    try {
      for await (const frame of process.frames) {
        if (frame.stream === "stderr") errors.push(frame.data);
        else {
          if (head.length < 512) head += Buffer.from(frame.data.subarray(0, 512)).toString("utf8");
          yield frame.data;
        }
      }
      const exitCode = await process.exitCode();
      assertStarted(exitCode, head, container, command);
      ended = true;
      resolve({ exitCode, stderr: errors.text() });
    } catch (error) {
      ended = true;
      reject(inputError ?? error);
      throw inputError ?? error;
    } finally {
      if (!ended) reject(new SluiceError("EXEC_FAILED", `the output of ${command[0]} was not read to its end`));
    }
  }
  return { stdout: stdout(), done };
}

interface Deferred<T> {
  readonly promise: Promise<T>;
  readonly resolve: (value: T) => void;
  readonly reject: (reason: unknown) => void;
}

function deferred<T>(): Deferred<T> {
  let settle: Pick<Deferred<T>, "resolve" | "reject"> | undefined;
  const promise = new Promise<T>((resolve, reject) => {
    settle = { resolve, reject };
  });
  return { promise, resolve: (value) => settle?.resolve(value), reject: (reason) => settle?.reject(reason) };
}

/** A process may end without reading its input: that is its right, and no error. */
async function feed(process: ContainerProcess, stdin: NonNullable<StreamOptions["stdin"]>): Promise<void> {
  const whole = typeof stdin === "string" || stdin instanceof Uint8Array;
  for await (const chunk of whole ? [stdin] : stdin) {
    if (!(await process.write(chunk))) return;
  }
  process.endInput();
}

/** The engine reports a command that cannot be started as output and exit code 126 or 127 of a process that never was. */
function assertStarted(exitCode: number, output: string, container: string, command: readonly string[]): void {
  if ((exitCode !== 126 && exitCode !== 127) || !output.startsWith("OCI runtime exec failed")) return;
  throw new SluiceError("EXEC_FAILED", `${command[0]} cannot be run in container ${container}: ${output.trim()}`);
}

/** A name without `=` is one that is not set. */
function parseEnvironment(pairs: readonly string[]): ReadonlyMap<string, string> {
  const set = pairs.filter((pair) => pair.includes("="));
  return new Map(set.map((pair) => [pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1)]));
}

async function* onlyOutput({ frames }: ContainerProcess): AsyncGenerator<Uint8Array> {
  for await (const { stream: name, data } of frames) if (name === "stdout") yield data;
}
