import { readFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { homeError } from "../home/home-error.ts";
import type { StateHome } from "../home/state-home.ts";
import { isLocked } from "./kernel-lock.ts";

/** Who holds the lock of a state home, and what for. */
export interface LockHolder {
  readonly pid: number;
  readonly host: string;
  readonly actor: string;
  readonly reason: string;
  /** Tag of the release that is deployed, where it is known yet; `none` for any other work. */
  readonly release: string;
  /** ISO 8601, UTC. */
  readonly since: string;
  /** It lets go after so many milliseconds at most: whoever comes meanwhile waits that long, and is not refused. */
  readonly atMostMs?: number | undefined;
}

/** Whether a deployment is at work, and not, say, a backup: then the attempt that has no end goes on. */
export function isDeploying(holder: LockHolder | null): boolean {
  return holder !== null && holder.release !== "none";
}

/** Who is at work since when, and at what, for people. */
export function holderText({ actor, reason, release, since, pid, host }: LockHolder): string {
  const why = reason ? `: ${reason}` : "";
  return `${actor} is at work on this stack since ${since}${why} (release ${release}, process ${pid} on ${host})`;
}

/** How a holder is ended who is not to be waited for, for people. */
export function endingText(holder: LockHolder): string {
  if (isDeploying(holder)) return "a deployment that runs takes sluice traffic pause and abort";
  const { pid, host } = holder;
  return `sluice traffic abort ends a backup, its proof or a rehearsal; kill -INT ${pid} on ${host} ends anything else in order`;
}

/** A holder has taken the lock an instant before it writes who it is. */
const settleMs = 300;

/** Who holds the lock now; `null` when nobody does. @throws SluiceError HOME_UNUSABLE */
export async function readLockHolder({ path, clock }: Pick<StateHome, "path" | "clock">): Promise<LockHolder | null> {
  try {
    const deadline = clock.monotonicMs() + settleMs;
    for (;;) {
      if (!isLocked(join(path, "lock.db"))) return null;
      const holder = await readHolderFile(path);
      if (holder && isAlive(holder)) return holder;
      if (clock.monotonicMs() >= deadline) return holder ?? unknownHolder;
      await clock.sleep(20);
    }
  } catch (error) {
    throw homeError(error, path, "the lock cannot be read in");
  }
}

const unknownHolder: LockHolder = {
  pid: 0,
  host: "",
  actor: "unknown",
  reason: "unknown",
  release: "unknown",
  since: "",
};

async function readHolderFile(path: string): Promise<LockHolder | null> {
  const text = await readFile(join(path, "lock.json"), "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return null;
    throw error;
  });
  if (text === null) return null;
  try {
    return JSON.parse(text) as LockHolder;
  } catch {
    return null;
  }
}

/** What a killed holder left is not what the present one has written. Another machine's processes cannot be asked. */
function isAlive({ host, pid }: LockHolder): boolean {
  if (host !== hostname()) return true;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
