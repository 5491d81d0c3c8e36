import { createHash } from "node:crypto";
import { readFile, readlink } from "node:fs/promises";
import { hostname } from "node:os";
import { pid } from "node:process";
import type { Clock } from "@sluice/core";

const pattern = /^([a-z0-9]+)-(\d+)-(\d+)$/;

/**
 * Names this process in the names of files that are not finished: where it runs, process id, and the moment the process started, as
 * ids are given anew. The moment is that of Linux' `/proc`; elsewhere it is 0.
 */
export async function ownWriterTag(): Promise<string> {
  return `${(await ownPlace()) ?? hostPart()}-${pid}-${(await startOf(pid)) ?? 0}`;
}

/** Whether the process of a tag still runs. One that cannot be looked at from here counts as alive. */
export async function isWriterAlive(tag: string): Promise<boolean> {
  const [, place, process, start] = pattern.exec(tag) ?? [];
  if (place === undefined) return false;
  if (place !== (await ownPlace())) return true;
  const number = Number(process);
  if (!exists(number)) return false;
  const running = await startOf(number);
  // Where the moment is not known, the id alone has to do.
  return running === null || start === "0" || String(running) === start;
}

/** A writer that cannot be looked at is taken for dead after so long. */
const writerTimeoutMs = 24 * 3_600_000;

/** The tags whose writers are at work, of a place that several machines may write to. @param marks tags, and when they were written */
export async function aliveWriters(
  marks: readonly { readonly tag: string; readonly at: Date }[],
  clock: Pick<Clock, "now">,
): Promise<ReadonlySet<string>> {
  const alive = new Set<string>();
  const here = await ownPlace();
  for (const { tag, at } of marks) {
    const isRecent = clock.now().getTime() - at.getTime() < writerTimeoutMs;
    const isHere = pattern.exec(tag)?.[1] === here;
    if (isHere ? await isWriterAlive(tag) : isRecent) alive.add(tag);
  }
  return alive;
}

/**
 * Where the numbers of processes mean what they mean here: this start of this machine, and the namespace of processes. Names of
 * machines, and what images hold, may be the same on several. `null` where that cannot be told, as without Linux' `/proc`.
 */
async function ownPlace(): Promise<string | null> {
  try {
    const parts = [await readFile("/proc/sys/kernel/random/boot_id", "utf8"), await readlink("/proc/self/ns/pid")];
    return createHash("sha256").update(parts.join("\n")).digest("hex").slice(0, 16);
  } catch {
    return null;
  }
}

/** For people; tags of before had it too. */
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
