import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { benchContainers, namePrefix, removeByPrefix } from "./docker.ts";

/** One run of a bench: names and files of its own, which are gone when it ends, however it ends. */
export interface Session {
  /** Beginning of the names of everything that the run makes on the engine. */
  readonly prefix: string;
  readonly directory: string;
  /** Aborted by SIGINT and SIGTERM. */
  readonly signal: AbortSignal;
  readonly say: (text: string) => void;
}

/** Runs `body` in a session, and cleans up after it, after a failure and after an interruption too. */
export async function inSession<T>(body: (session: Session) => Promise<T>): Promise<T> {
  await removeLeftovers();
  const interruption = new AbortController();
  const interrupt = () => interruption.abort(new Error("interrupted"));
  process.on("SIGINT", interrupt);
  process.on("SIGTERM", interrupt);
  const prefix = `${namePrefix}${process.pid}-`;
  const directory = await mkdtemp(join(tmpdir(), prefix));
  try {
    return await body({ prefix, directory, signal: interruption.signal, say });
  } catch (error) {
    // What an interrupted command said of it is not the reason.
    throw interruption.signal.aborted ? interruption.signal.reason : error;
  } finally {
    await removeAll(prefix);
    await rm(directory, { recursive: true, force: true });
    process.off("SIGINT", interrupt);
    process.off("SIGTERM", interrupt);
  }
}

/** Progress goes to standard error: standard output is for the table and the JSON object. */
const say = (text: string): void => void process.stderr.write(`bench: ${text}\n`);

async function removeAll(prefix: string): Promise<void> {
  await removeByPrefix(prefix);
  // Releases' images are named after the stack, in a repository of Sluice.
  await removeByPrefix(`sluice/${prefix}`);
}

/** A bench that was killed could not clean up: its names tell the process, and that it is dead. */
async function removeLeftovers(): Promise<void> {
  const pids = (await benchContainers()).map((name) => Number(name.slice(namePrefix.length).split("-")[0]));
  for (const pid of new Set(pids)) {
    if (!isBench(pid)) await removeAll(`${namePrefix}${pid}-`);
  }
}

function isBench(pid: number): boolean {
  const file = `/proc/${pid}/cmdline`;
  return existsSync(file) && readFileSync(file, "utf8").includes("bench/src/");
}
