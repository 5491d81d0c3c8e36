import { isOfHomes } from "../model/own-home.ts";
import { decidePruning, type PruneDecision, type Retention } from "../retention/backups-to-prune.ts";
import type { Compaction } from "../store/backup-store.ts";
import type { BackupPorts } from "./ports.ts";

export interface PruneResult {
  /** Every backup of this state home that was there, oldest first, with what became of it and why. */
  readonly decisions: readonly PruneDecision[];
  /** Files that dead writers had left. */
  readonly leftovers: readonly string[];
  /** Of a store that gives back room only then. */
  readonly compaction?: Compaction;
}

/** Whether anything went: a backup, or what a dead writer had left. */
export const hasRemoved = ({ decisions, leftovers }: Pick<PruneResult, "decisions" | "leftovers">): boolean =>
  leftovers.length > 0 || decisions.some(({ remove }) => remove);

/**
 * Removes what retention allows; see `decidePruning` for what always stays. Room is given back also where nothing is removed now:
 * a run before may have been killed, ended or locked out before it came to that, and only the store knows what it still holds.
 *
 * @param signal ends it between two backups: each is either there or removed
 * @param onRemoved told of each that is removed, also where the next one cannot be
 */
export async function pruneBackups(
  { store, homes }: Pick<BackupPorts, "store" | "homes">,
  retention: Retention,
  signal?: AbortSignal,
  onRemoved?: (id: string) => void,
): Promise<PruneResult> {
  const leftovers = await store.sweep(signal);
  const { backups } = await store.list(signal);
  const decisions = decidePruning(
    backups.filter((backup) => isOfHomes(backup, homes)),
    retention,
  );
  for (const { id } of decisions.filter(({ remove }) => remove)) {
    signal?.throwIfAborted();
    await store.remove(id);
    onRemoved?.(id);
  }
  const compaction = await store.compact?.(signal, hasRemoved({ decisions, leftovers }));
  return { decisions, leftovers, ...(compaction && { compaction }) };
}
