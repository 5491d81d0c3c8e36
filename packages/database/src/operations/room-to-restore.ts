import { SluiceError } from "@sluice/core";
import type { Manifest } from "../model/manifest.ts";
import type { BackupPorts } from "./ports.ts";

/** What servers add to a row of a table and to its entry in one index, and what both leave free in their pages. */
const bytesBesideRow = 64;

/**
 * What a restored database takes on its server's disk, in bytes: what it took when it was backed up. A manifest that does not know it leaves
 * its text and rows, and the live database, which may have shrunk since. Pure.
 */
export function restoredBytes({ kind, sizeBytes, rawBytes, bytes, fingerprint }: Manifest, liveBytes: number): number {
  const text = rawBytes ?? bytes;
  if (sizeBytes !== undefined) return kind === "mysql" || kind === "mariadb" ? Math.max(sizeBytes, text) : sizeBytes;
  if (kind === "sqlite") return rawBytes ?? Math.max(liveBytes, bytes);
  const rows = (fingerprint?.tables ?? []).reduce((sum, table) => sum + table.rows, 0);
  return Math.max(liveBytes, text + rows * bytesBesideRow);
}

/** A server that finds no room to write in is down. @throws SluiceError DISK_FULL */
export async function assertRoomToRestore(
  { driver }: BackupPorts,
  manifest: Manifest,
  liveBytes: number,
  signal: AbortSignal | undefined,
): Promise<void> {
  const call = { backup: manifest.id, signal };
  const free = (await driver.freeBytes?.(call)) ?? null;
  if (free === null) return;
  const data = Math.ceil(restoredBytes(manifest, liveBytes) * 1.2);
  const log = Math.min(data, (await driver.mostLogBytes?.(call)) ?? 0);
  if (free >= data + log) return;
  const ofLog = log > 0 ? ` (${log} of them for the server's log of it)` : "";
  throw new SluiceError(
    "DISK_FULL",
    `${free} bytes are free where the database is, ${data + log} are wanted to restore beside it${ofLog}`,
    {
      hint: "nothing was written; free some space there: databases that earlier restores left are called NAME__old_ID, NAME__undone_ID and NAME__restore_ID",
    },
  );
}
