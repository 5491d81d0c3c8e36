import { releasedSqlFiles, type SqlFile } from "@sluice/compose";
import type { StoredRelease } from "@sluice/core";
import { isDbmate } from "./wrong-version.ts";

/** What ends the transaction that dbmate has begun, or keeps it from beginning one; more than that may look so. */
const leavesTransaction = /transaction\s*:\s*false|\b(?:commit|rollback)\b|\bend\s*;/i;

/**
 * Whether a run that fails leaves nothing, rows included, of the file that it was in: known of plain SQL files alone, in a server that
 * takes changes of a schema back.
 *
 * @param command in the place of the job's own
 */
export async function isAllOrNothing(
  kind: string,
  release: StoredRelease,
  job: string,
  command: readonly string[] | null,
): Promise<boolean> {
  if (kind !== "postgres" || (command && !isDbmate(command))) return false;
  const files = await releasedSqlFiles(release, job);
  return files !== null && leaveNothing(files);
}

/** Pure. */
export function leaveNothing(files: readonly Pick<SqlFile, "text">[]): boolean {
  return files.every(({ text }) => !leavesTransaction.test(text));
}
