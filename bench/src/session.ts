import { existsSync, readFileSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { removeAll, removeLeftovers } from "./leftovers.ts";

/** One run of a bench: names and files of its own, which are gone when it ends, however it ends. */
export interface Session {
  /** Beginning of the names of everything that the run makes on the engine. */
  readonly prefix: string;
  readonly directory: string;
  /** Aborted by SIGINT and SIGTERM. */
  readonly signal: AbortSignal;
  readonly say: (text: string) => void;
}

export interface SessionOptions {
  /** What runs; names begin so. Default: `bench`. */
  readonly what?: "bench" | "demo";
  /** Leaves everything behind, under names that say so: no later run removes it either. Default: no. */
  readonly keep?: boolean;
}

/**
 * Runs `body` in a session, and cleans up after it, after a failure and after an interruption too. What killed ones have
 * left is removed before.
 */
export async function inSession<T>(
  body: (session: Session) => Promise<T>,
  { what = "bench", keep = false }: SessionOptions = {},
): Promise<T> {
  await removeLeftovers(isBench, say);
  const interruption = new AbortController();
  const interrupt = () => interruption.abort(new Error("interrupted"));
  process.on("SIGINT", interrupt);
  process.on("SIGTERM", interrupt);
  const prefix = `sluice-${what}-${keep ? "kept-" : ""}${process.pid}-`;
  const directory = await mkdtemp(join(tmpdir(), prefix));
  try {
    return await body({ prefix, directory, signal: interruption.signal, say });
  } catch (error) {
    // What an interrupted command said of it is not the reason.
    throw interruption.signal.aborted ? interruption.signal.reason : error;
  } finally {
    if (!keep) await removeAll(prefix);
    process.off("SIGINT", interrupt);
    process.off("SIGTERM", interrupt);
  }
}

/** Whether a bench, or the demo, runs as this process: a killed one could not clean up, and its names tell which it was. */
function isBench(pid: number): boolean {
  const file = `/proc/${pid}/cmdline`;
  return existsSync(file) && readFileSync(file, "utf8").includes("bench/src/");
}

/** Progress goes to standard error: standard output is for the table and the JSON object. */
const say = (text: string): void => void process.stderr.write(`bench: ${text}\n`);
