import { type ChildProcess, spawn } from "node:child_process";
import { type OutputSink, SluiceError } from "@sluice/core";
import { createLineSplitter } from "../engine/lines.ts";
import { createCapture } from "./capture.ts";
import { composeCommand } from "./compose-installation.ts";
import { endWithSignal, signalGroup } from "./end-with-signal.ts";

export interface ComposeRunOptions {
  /** What follows `docker compose`. */
  readonly args: readonly string[];
  /** The whole environment of the child; nothing is added to it but `PWD`. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Absolute. Where it leads through a link, Compose takes paths and the name of the project from the link. */
  readonly cwd?: string | undefined;
  readonly stdin?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Lines of both streams as they come. */
  readonly onOutput?: OutputSink | undefined;
  /** Names the output; default `compose`. */
  readonly source?: string | undefined;
  /** Applied to what `onOutput` gets; the result is not touched. */
  readonly redact?: ((text: string) => string) | undefined;
  /** Runs it under `nice -n`, where there is a `nice`: containers that serve come first. */
  readonly niceness?: number | undefined;
  /** From SIGTERM to SIGKILL after an abort, milliseconds; default 5000. */
  readonly killAfterMs?: number | undefined;
}

export interface ComposeRun {
  readonly exitCode: number;
  /** Complete. */
  readonly stdout: string;
  /** At most the last MiB. */
  readonly stderr: string;
}

/** A child that outlives Compose (an ssh control master) may hold its pipes open; what it writes is not ours. */
const drainMs = 2_000;

/**
 * Runs Compose, as {@link composeCommand} finds it, in a process group of its own. A non-zero exit code is a result, not an error.
 *
 * @throws the signal's reason on abort, after the process group has ended
 * @throws SluiceError COMPOSE_MISSING when `docker` cannot be started, COMPOSE_FAILED when it writes more than 64 MiB or
 * is killed by a signal that is not ours
 */
export async function runCompose(options: ComposeRunOptions): Promise<ComposeRun> {
  options.signal?.throwIfAborted();
  const command = [...composeCommand(options.env), ...options.args];
  if (options.niceness === undefined) return run(command, options);
  try {
    return await run(["nice", "-n", String(options.niceness), ...command], options);
  } catch (error) {
    if (!isMissing(error)) throw error;
    return run(command, options);
  }
}

async function run(command: readonly string[], options: ComposeRunOptions): Promise<ComposeRun> {
  const { signal, stdin } = options;
  const [file = "", ...args] = command;
  const child = spawn(file, args, {
    cwd: options.cwd,
    env: { ...options.env, ...(options.cwd === undefined ? {} : { PWD: options.cwd }) },
    detached: true,
    stdio: [stdin === undefined ? "ignore" : "pipe", "pipe", "pipe"],
  });
  // A child that ends without reading its input is seen by its exit code.
  child.stdin?.on("error", () => undefined);
  child.stdin?.end(stdin);
  const stdout = createCapture("all");
  const stderr = createCapture("tail");
  const lines = createLines(options);
  child.stdout?.on("data", (data: Uint8Array) => {
    stdout.push(data);
    lines.stdout.push(data);
    if (stdout.isOverflown()) signalGroup(child, "SIGKILL");
  });
  child.stderr?.on("data", (data: Uint8Array) => {
    stderr.push(data);
    lines.stderr.push(data);
  });
  using _end = endWithSignal(child, signal, options.killAfterMs ?? 5_000);
  const { exitCode, killedBy } = await ended(child, options);
  lines.stdout.end();
  lines.stderr.end();
  signal?.throwIfAborted();
  if (stdout.isOverflown()) throw failed(options, "wrote more than 64 MiB to its standard output");
  if (killedBy) throw failed(options, `was killed by ${killedBy}`, stderr.text());
  return { exitCode: exitCode ?? 1, stdout: stdout.text(), stderr: stderr.text() };
}

interface Ending {
  readonly exitCode: number | null;
  readonly killedBy: NodeJS.Signals | null;
}

function ended(child: ChildProcess, options: ComposeRunOptions): Promise<Ending> {
  return new Promise((resolve, reject) => {
    let drain: NodeJS.Timeout | undefined;
    child.once("error", (error: NodeJS.ErrnoException) => reject(spawnError(error, options)));
    child.once("exit", (exitCode, killedBy) => {
      drain = setTimeout(() => {
        child.stdout?.destroy();
        child.stderr?.destroy();
        resolve({ exitCode, killedBy });
      }, drainMs);
    });
    child.once("close", (exitCode, killedBy) => {
      clearTimeout(drain);
      resolve({ exitCode, killedBy });
    });
  });
}

function createLines({ onOutput, source = "compose", redact = (text) => text }: ComposeRunOptions) {
  const line = (stream: "stdout" | "stderr") => (text: string) => onOutput?.({ source, stream, text: redact(text) });
  return { stdout: createLineSplitter(line("stdout")), stderr: createLineSplitter(line("stderr")) };
}

function spawnError(error: NodeJS.ErrnoException, { cwd }: ComposeRunOptions): Error {
  const directory = cwd === undefined ? "" : ` in ${cwd}`;
  return new SluiceError("COMPOSE_MISSING", `docker compose cannot be started${directory}: ${error.message}`, {
    hint: "install the Docker command line with its compose plugin; `docker compose version` must work for this user",
    cause: error,
  });
}

function isMissing(error: unknown): boolean {
  const cause = error instanceof Error ? (error.cause as NodeJS.ErrnoException | undefined) : undefined;
  return cause?.code === "ENOENT" && cause.path === "nice";
}

function failed({ args }: ComposeRunOptions, what: string, stderr = ""): SluiceError {
  const detail = stderr.trim();
  return new SluiceError("COMPOSE_FAILED", `docker compose ${args.join(" ")} ${what}`, detail ? { detail } : {});
}
