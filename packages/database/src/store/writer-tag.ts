import { readFile } from "node:fs/promises";
import { hostname } from "node:os";
import { pid } from "node:process";
import type { Clock } from "@sluice/core";

const pattern = /^([a-z0-9]+)-(\d+)-(\d+)$/;

/**
 * Names this process in the names of files that are not finished: host, process id, and the moment the process started,
 * as ids are given anew. The moment is that of Linux' `/proc`; elsewhere it is 0.
 */
export async function ownWriterTag(): Promise<string> {
  return `${hostPart()}-${pid}-${(await startOf(pid)) ?? 0}`;
}

/** Whether the process of a tag still runs. One of another machine, on a shared directory, counts as alive. */
export async function isWriterAlive(tag: string): Promise<boolean> {
  const [, host, process, start] = pattern.exec(tag) ?? [];
  if (host === undefined) return false;
  if (host !== hostPart()) return true;
  const number = Number(process);
  if (!exists(number)) return false;
  const running = await startOf(number);
  // Where the moment is not known, the id alone has to do.
  return running === null || start === "0" || String(running) === start;
}

/** A writer on another machine cannot be looked at: after so long it is taken for dead. */
const writerTimeoutMs = 24 * 3_600_000;

/** The tags whose writers are at work, of a place that several machines may write to. @param marks tags, and when they were written */
export async function aliveWriters(
  marks: readonly { readonly tag: string; readonly at: Date }[],
  clock: Pick<Clock, "now">,
): Promise<ReadonlySet<string>> {
  const alive = new Set<string>();
  for (const { tag, at } of marks) {
    const isRecent = clock.now().getTime() - at.getTime() < writerTimeoutMs;
    if (isOwnHost(tag) ? await isWriterAlive(tag) : isRecent) alive.add(tag);
  }
  return alive;
}

/** Whether the writer of a tag is, or was, on this machine: only then `isWriterAlive` can tell. */
function isOwnHost(tag: string): boolean {
  return pattern.exec(tag)?.[1] === hostPart();
}

function hostPart(): string {
  return (
    hostname()
      .toLowerCase()
      .replaceAll(/[^a-z0-9]/g, "") || "host"
  );
}

function exists(number: number): boolean {
  try {
    process.kill(number, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** Clock ticks from the machine's start to the process's. A zombie runs no more. */
async function startOf(number: number): Promise<number | null> {
  const text = await readFile(`/proc/${number}/stat`, "utf8").catch(() => null);
  if (text === null) return null;
  // The name of the program, in parentheses, may hold spaces and parentheses.
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return fields[0] === "Z" ? -1 : Number(fields[19]);
}
