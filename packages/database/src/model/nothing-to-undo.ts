import { SluiceError } from "@sluice/core";

interface Undo {
  readonly backup: string;
  /** What would be put back, and is not there. */
  readonly old: string;
  /** What an earlier undo of this restore set aside; `null` where none is there. */
  readonly undone: string | null;
}

/** What an undo ends with that finds nothing to put back. @returns a SluiceError BACKUP_UNKNOWN */
export function nothingToUndo({ backup, old, undone }: Undo): SluiceError {
  if (undone === null) {
    return new SluiceError("BACKUP_UNKNOWN", `there is no ${old}: backup ${backup} took nobody's place`, {
      hint: "sluice db list shows the backups; what was removed cannot be put back",
    });
  }
  return new SluiceError("BACKUP_UNKNOWN", `the restore of backup ${backup} was undone already`, {
    hint: `${undone} holds what was in use until then; sluice db restore ${backup} puts the backup in use again`,
  });
}
