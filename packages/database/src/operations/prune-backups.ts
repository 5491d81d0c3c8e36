import { isOfHomes } from "../model/own-home.ts";
import { decidePruning, type PruneDecision, type Retention } from "../retention/backups-to-prune.ts";
import type { BackupPorts } from "./ports.ts";

export interface PruneResult {
  /** Every backup of this state home that was there, oldest first, with what became of it and why. */
  readonly decisions: readonly PruneDecision[];
  /** Files that dead writers had left. */
  readonly leftovers: readonly string[];
}

/**
 * Removes what retention allows; see `decidePruning` for what always stays.
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
  if (leftovers.length > 0 || decisions.some(({ remove }) => remove)) await store.compact?.(signal);
  return { decisions, leftovers };
}
