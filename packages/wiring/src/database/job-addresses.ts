import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { isIP } from "node:net";
import { join } from "node:path";
import type { JobAttempt } from "@sluice/core";

type Job = (attempt: JobAttempt) => Promise<void>;

export interface NotedRun<T> {
  /** Of the database, in the state home; made when it is not there. */
  readonly directory: string;
  /** Where jobs were that a run before had left at work, and that have been ended now. */
  readonly ended: readonly string[];
  readonly job: Job;
  /** @param left addresses of jobs of runs that died; nothing of them is at work any more when `job` is called */
  readonly run: (left: readonly string[], job: Job) => Promise<T>;
}

/**
 * Notes where the job of a migration runs, for the run that comes after one that died. Names are left out, as the engine gives them to
 * others. A note that cannot be kept keeps nothing from running.
 */
export async function runNoted<T>({ directory, ended, job, run }: NotedRun<T>): Promise<T> {
  const file = join(directory, "addresses");
  const known = new Set([...(await readNote(file)), ...ended.filter(isAddress)]);
  let last = Promise.resolve();
  const then = (work: () => Promise<unknown>) => {
    last = last.then(work).then(
      () => undefined,
      () => undefined,
    );
    return last;
  };
  const note = (addresses: readonly string[]) => {
    for (const address of addresses.filter(isAddress)) known.add(address);
    const lines = [...known].map((address) => `${address}\n`).join("");
    return then(async () => {
      await mkdir(directory, { recursive: true, mode: 0o700 });
      // The engine may be on another machine, and its servers go on where this one goes down.
      await writeFile(file, lines, { mode: 0o600, flush: true });
    });
  };
  if (ended.length > 0) await note(ended);
  let hasBegun = false;
  try {
    return await run([...known], (attempt) => {
      hasBegun = true;
      const onStarted = (addresses: readonly string[]) => {
        void note(addresses);
        attempt.onStarted(addresses);
      };
      return job({ ...attempt, onStarted });
    });
  } finally {
    if (hasBegun) await then(() => rm(file, { force: true }));
  }
}

async function readNote(file: string): Promise<readonly string[]> {
  const text = await readFile(file, "utf8").catch(() => "");
  // What does not end as a line was cut off, and may be another address.
  return text.split("\n").slice(0, -1).filter(isAddress);
}

const isAddress = (text: string) => isIP(text) !== 0;
