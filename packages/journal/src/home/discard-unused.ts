import { mkdtemp, readdir, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { temporaryPrefix } from "@sluice/core/node";
import { tryLock } from "../lock/kernel-lock.ts";
import type { StateHome } from "./state-home.ts";

/**
 * Removes a home that was made when it was opened and holds nothing yet: a command that was refused, or only looked,
 * leaves no trace. Whoever holds its lock meanwhile keeps it, and whoever only has it open makes it again to lock it.
 */
export async function discardUnusedHome({ path, isNew }: Pick<StateHome, "path" | "isNew">): Promise<void> {
  const lock = isNew ? tryLock(join(path, "lock.db")) : null;
  if (!lock) return;
  try {
    if (await isUnused(path)) await removeHome(path);
  } finally {
    lock.release();
  }
}

/** At once, so that whoever has it open finds all of it or nothing. */
async function removeHome(path: string): Promise<void> {
  const aside = await mkdtemp(join(dirname(path), `${temporaryPrefix}${basename(path)}-`));
  try {
    await rename(path, aside);
  } finally {
    await rm(aside, { recursive: true, force: true });
  }
}

/** What opening and locking a home makes; anything else is something that somebody may miss. */
const ownNames: ReadonlySet<string> = new Set([
  "home.json",
  "keys",
  "releases",
  "cache",
  "lock.db",
  "lock.json",
  "journal.reserve",
]);

/** Nothing but what opening and locking a home makes is in it. */
export async function isUnused(dir: string): Promise<boolean> {
  const journal = await stat(join(dir, "journal.ndjson")).catch(() => null);
  const names = (await entriesOf(dir)).filter((name) => name !== "journal.ndjson");
  const hasReleases = (await entriesOf(join(dir, "releases"))).length > 0;
  return (journal?.size ?? 0) === 0 && !hasReleases && names.every((name) => ownNames.has(name));
}

/** Without what a crash left unfinished; empty for a directory that is not there. */
export async function entriesOf(dir: string): Promise<readonly string[]> {
  const names = await readdir(dir).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw error;
  });
  return names.filter((name) => !name.startsWith(temporaryPrefix));
}
