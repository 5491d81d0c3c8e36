import type { Readable } from "node:stream";
import { parseSince, SluiceError, sinceForms } from "@sluice/core";
import type Docker from "dockerode";
import { type Engine, withSignal } from "./engine.ts";
import { engineError } from "./errors.ts";
import { readFrames } from "./frames.ts";
import { createByteLines, type LineSplitter, textOfBytes } from "./lines.ts";

export interface FollowLogsOptions {
  /** Go on as lines come, until the signal aborts. Default: end with what is there. */
  readonly follow?: boolean | undefined;
  /** Last lines of each container; default all. */
  readonly tail?: number | undefined;
  /** As `parseSince` reads it. */
  readonly since?: string | undefined;
  /** The same; the log ends there. */
  readonly until?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface ContainerLogLine {
  /** As it was given. */
  readonly container: string;
  readonly stream: "stdout" | "stderr";
  readonly text: string;
  /** ISO 8601 with nanoseconds, by the engine's clock. */
  readonly at: string;
}

/**
 * Log lines of containers as they come, each container's in order; redacted. A container that ends, ends only its own
 * part. Aborting ends it without an error.
 *
 * @throws SluiceError USAGE for a time that is none: the engine would take it for that of all lines
 */
export async function* followLogs(
  engine: Engine,
  containers: readonly string[],
  options: FollowLogsOptions = {},
): AsyncGenerator<ContainerLogLine> {
  const [since, until] = [secondsOf(engine, options.since), secondsOf(engine, options.until)];
  const stop = new AbortController();
  const signal = options.signal ? AbortSignal.any([options.signal, stop.signal]) : stop.signal;
  const sources = containers.map((container) => readLog(engine, container, { ...options, since, until, signal }));
  try {
    yield* merge(sources);
  } finally {
    stop.abort();
  }
}

/** Times in seconds since 1970. */
interface ReadLogOptions extends Omit<FollowLogsOptions, "since" | "until"> {
  readonly since: number | undefined;
  readonly until: number | undefined;
}

async function* readLog(
  engine: Engine,
  container: string,
  { follow = false, tail, since, until, signal }: ReadLogOptions,
): AsyncGenerator<ContainerLogLine> {
  const unreadable = `the log of container ${container} cannot be read`;
  const { isTty, log } = await engine.call(unreadable, async (docker) => {
    const { Config } = await docker.getContainer(container).inspect();
    const stream = await openLog(docker, container, signal, {
      follow,
      stdout: true,
      stderr: true,
      timestamps: true,
      ...(tail === undefined ? {} : { tail }),
      ...(since === undefined ? {} : { since }),
      ...(until === undefined ? {} : { until }),
    });
    return { isTty: Config.Tty, log: stream };
  });
  const found: ContainerLogLine[] = [];
  const splitter = (stream: "stdout" | "stderr") =>
    createStampedLines(({ at, text }) => found.push({ container, stream, at, text: engine.redact(text) }));
  const lines = { stdout: splitter("stdout"), stderr: splitter("stderr") };
  const close = () => log.destroy();
  signal?.addEventListener("abort", close, { once: true });
  try {
    const frames = isTty ? asFrames(log) : readFrames(log);
    for await (const { stream, data } of frames) {
      lines[stream].push(data);
      yield* found.splice(0);
    }
    lines.stdout.end();
    lines.stderr.end();
    yield* found.splice(0);
  } catch (error) {
    if (!signal?.aborted) throw engineError(error, unreadable);
  } finally {
    signal?.removeEventListener("abort", close);
    log.destroy();
  }
}

/**
 * Lines that begin with the time of the engine. Of a line over 16 KiB the engine makes parts, perhaps within a character,
 * and puts the time of the first before each: a time that is no part of what was written, and may be in the middle of a secret.
 */
export function createStampedLines(onLine: (line: Pick<ContainerLogLine, "at" | "text">) => void): LineSplitter {
  let stamp = "";
  return createByteLines((line, continues) => {
    if (!continues) stamp = line.slice(0, line.indexOf(" ") + 1);
    onLine({ at: stamp.trimEnd(), text: textOfBytes(line.replaceAll(stamp, "")) });
  });
}

/**
 * The library's `logs` collects a log that is not followed in memory, and a log that is followed up to now ends only
 * with the next line of a container that may stay silent: so its request is made here.
 */
function openLog(
  docker: Docker,
  container: string,
  signal: AbortSignal | undefined,
  options: Docker.ContainerLogsOptions,
): Promise<Readable> {
  const request = {
    path: `/containers/${encodeURIComponent(container)}/logs?`,
    method: "GET",
    isStream: true,
    options,
    statusCodes: { 200: true, 404: "no such container", 500: "server error" },
    ...withSignal(signal),
  };
  return new Promise((resolve, reject) => {
    docker.modem.dial(request, (error: Error | null, stream: unknown) => {
      if (error) reject(error);
      else resolve(stream as Readable);
    });
  });
}

async function* asFrames(source: AsyncIterable<Uint8Array>) {
  for await (const data of source) yield { stream: "stdout", data } as const;
}

function secondsOf({ clock }: Engine, time: string | undefined): number | undefined {
  if (time === undefined) return undefined;
  const ms = parseSince(time, clock.now());
  if (ms !== undefined) return ms / 1_000;
  throw new SluiceError("USAGE", `${JSON.stringify(time)} is no time`, { hint: `write ${sinceForms}` });
}

/** What comes first, first. A source that fails fails the whole. */
async function* merge<T>(sources: readonly AsyncIterator<T>[]): AsyncGenerator<T> {
  const next = (source: AsyncIterator<T>) => source.next().then((result) => ({ source, result }));
  const pending = new Map(sources.map((source) => [source, next(source)]));
  while (pending.size > 0) {
    const { source, result } = await Promise.race(pending.values());
    if (result.done) pending.delete(source);
    else {
      pending.set(source, next(source));
      yield result.value;
    }
  }
}
