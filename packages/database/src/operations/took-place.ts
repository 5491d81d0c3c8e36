import type { DatabaseDriver, DriverCall } from "../driver.ts";

/**
 * Whether a restore of a backup, or the undo of one, of which nobody recorded how it ended took place: by what is set aside. Changes
 * nothing. For whoever has mended what it left (`DatabaseDriver.mend`).
 *
 * @returns `null` where that cannot be told
 * @throws SluiceError DATABASE_UNREACHABLE, BACKUP_FAILED, EXEC_FAILED
 */
export async function tookPlace(
  driver: Pick<DatabaseDriver, "setAside">,
  action: "restore" | "restore-undo",
  call: DriverCall,
): Promise<boolean | null> {
  const aside = await driver.setAside?.(call);
  if (!aside) return null;
  const isOldThere = aside.includes("old");
  if (action === "restore") return isOldThere;
  if (isOldThere) return false;
  // With neither, somebody has dropped one of them since.
  return aside.includes("undone") ? true : null;
}
