import { createHash } from "node:crypto";
import { isSluiceError, type SluiceError } from "@sluice/core";
import type { Repository } from "./repository.ts";
import { newestFirst, type Snapshot } from "./snapshot.ts";

export interface StoredManifest {
  readonly snapshot: Snapshot;
  /** Its text, or why the repository cannot give it back. */
  readonly content: string | SluiceError;
}

/** Each is a process, which takes half a second of one processor to open the repository. */
const atOnce = 4;

/**
 * Finds the manifest that counts of each backup: the newest that is whole. One that was cut off, as its writer died in the
 * middle of it, is none. Resolves with one for each backup that is there. What a snapshot holds never changes, so that each is read once.
 */
export function readCatalog(
  repository: Pick<Repository, "text">,
): (snapshots: readonly Snapshot[], signal?: AbortSignal) => Promise<readonly StoredManifest[]> {
  const known = new Map<string, string | null>();

  async function wholeText(snapshot: Snapshot, signal: AbortSignal | undefined): Promise<string | null> {
    const cached = known.get(snapshot.id);
    if (cached !== undefined) return cached;
    const text = await repository.text(snapshot, signal);
    const whole = createHash("sha256").update(text).digest("hex") === snapshot.sha256 ? text : null;
    known.set(snapshot.id, whole);
    return whole;
  }

  async function manifestOf(
    snapshots: readonly Snapshot[],
    signal: AbortSignal | undefined,
  ): Promise<StoredManifest | null> {
    for (const snapshot of newestFirst(snapshots)) {
      const content = await wholeText(snapshot, signal).catch(damage);
      if (content !== null) return { snapshot, content };
    }
    return null;
  }

  return async (snapshots, signal) => {
    const manifests = snapshots.filter(({ part }) => part === "manifest");
    const ids = [...new Set(manifests.map(({ backup }) => backup))];
    const groups = ids.map((id) => manifests.filter(({ backup }) => backup === id));
    const found: (StoredManifest | null)[] = [];
    for (let at = 0; at < groups.length; at += atOnce) {
      found.push(...(await Promise.all(groups.slice(at, at + atOnce).map((group) => manifestOf(group, signal)))));
    }
    return found.filter((one) => one !== null);
  };
}

/** One backup that is damaged is no reason to see none of the others. */
function damage(error: unknown): SluiceError {
  if (isSluiceError(error) && error.code === "BACKUP_CORRUPT") return error;
  throw error;
}
