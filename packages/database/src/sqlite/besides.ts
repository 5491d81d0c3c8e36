import { SluiceError } from "@sluice/core";
import type { DriverCall, LeftBehind } from "../driver.ts";
import type { Beside } from "../model/beside-name.ts";
import { besideTaken } from "../model/beside-taken.ts";
import { besidesLeft } from "../model/besides-left.ts";
import { nothingToUndo } from "../model/nothing-to-undo.ts";
import { quoteWord } from "../process/quote-word.ts";
import type { SqliteTool } from "./tool.ts";

/** Path of a file beside the live one; `backup` is a copy that is stored, the others are those of servers. */
export function besideFile(file: string, kind: Beside | "backup", backup: string): string {
  return `${file}__${kind}_${backup.toLowerCase().replaceAll("-", "_")}`;
}

/** Whether a restore, or its undo, made it beside this file; so are those that SQLite keeps next to it, and halves of it. */
function isBesideFile(file: string, path: string): boolean {
  const ending = path.startsWith(file) ? path.slice(file.length) : "";
  return /^__(?:restore|old|undone)_\d{8}t\d{6}z_[a-z0-9]+(?:\.part)?(?:-wal|-shm|-journal)?$/.test(ending);
}

/** Files that restores and their undos left beside the live one; `null` where there is none. */
export async function findBesides(
  tool: SqliteTool,
  file: string,
  container: string,
  signal?: AbortSignal,
): Promise<LeftBehind | null> {
  const paths = await tool.list(`${file}__`, signal);
  const drop = (path: string) => `docker exec ${container.slice(0, 12)} rm ${quoteWord(path)}`;
  return besidesLeft(file, paths, drop, isBesideFile);
}

export async function isThere(tool: SqliteTool, path: string, signal?: AbortSignal): Promise<boolean> {
  return (await tool.list(path, signal)).includes(path);
}

/** @throws SluiceError RESTORE_FAILED where an earlier restore of the backup, whole or cut off, kept what was in use before */
export async function assertRestorable(tool: SqliteTool, file: string, call: DriverCall): Promise<void> {
  const name = besideFile(file, "old", call.backup);
  if (!(await isThere(tool, name, call.signal))) return;
  await assertDecided(tool, file, call);
  throw besideTaken("old", { name, backup: call.backup, drop: `remove ${name}` });
}

/** @throws SluiceError BACKUP_UNKNOWN where there is nothing to put back, RESTORE_FAILED where it may not be or has no room */
export async function assertUndoable(tool: SqliteTool, file: string, call: DriverCall): Promise<void> {
  const { backup, signal } = call;
  const [old, undone] = [besideFile(file, "old", backup), besideFile(file, "undone", backup)];
  const isUndone = await isThere(tool, undone, signal);
  if (!(await isThere(tool, old, signal))) throw nothingToUndo({ backup, old, undone: isUndone ? undone : null });
  await assertDecided(tool, file, call);
  if (!isUndone) return;
  // A restore, its undo and a restore again leave the same files as an undo that was cut off after its exchange. To undo that one again
  // would put what was in use long ago in the place of what was written since.
  throw new SluiceError(
    "RESTORE_FAILED",
    `${undone} is there already: an earlier undo of this backup's restore kept it, or was cut off`,
    {
      hint: `sluice db restore ${backup} shows how ${file} differs from the backup before it asks. If ${file} is not of the backup, that undo took place: remove ${old}. If it is, make room once nobody needs it: remove ${undone}; then undo again`,
    },
  );
}

/**
 * What a restore of the backup and its undo set aside; `null` where one of them was cut off or may go on, until somebody has decided what
 * the live file holds and removed what that makes needless. Of a restore after an undo, too: its files are those of an undo that was cut off.
 */
export async function readSetAside(
  tool: SqliteTool,
  file: string,
  { backup, signal }: DriverCall,
): Promise<readonly ("old" | "undone")[] | null> {
  // Also a half of one, which is being written.
  const has = async (kind: Beside) => (await tool.list(besideFile(file, kind, backup), signal)).length > 0;
  const [isRestored, isOld, isUndone] = [await has("restore"), await has("old"), await has("undone")];
  if (isRestored || (isOld && isUndone)) return null;
  if (isOld) return ["old"];
  return isUndone ? ["undone"] : [];
}

/**
 * An exchange keeps what is in use first, and what it put in the place goes last: with both there, it ended in its middle. What is
 * in the live file cannot tell how far it came, as the application has written to it since.
 */
async function assertDecided(tool: SqliteTool, file: string, { backup, signal }: DriverCall): Promise<void> {
  const [old, restored] = [besideFile(file, "old", backup), besideFile(file, "restore", backup)];
  if (!(await isThere(tool, restored, signal))) return;
  throw new SluiceError(
    "RESTORE_FAILED",
    `a restore of backup ${backup} was cut off, and whether ${file} holds the backup or what it held before is not known`,
    {
      hint: `sluice db restore ${backup} shows how they differ before it asks. If ${file} is of the backup, remove ${restored}: ${old} is what was in use before, and --undo puts it back. If it is not, remove both, and ${file} is what is in use`,
    },
  );
}
