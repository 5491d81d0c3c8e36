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
  // Others estimate it, or know nothing of it.
  if (sizeBytes !== undefined) {
    return kind === "postgres" || kind === "sqlite" ? sizeBytes : Math.max(sizeBytes, text);
  }
  if (kind === "sqlite") return rawBytes ?? Math.max(liveBytes, bytes);
  const rows = (fingerprint?.tables ?? []).reduce((sum, table) => sum + table.rows, 0);
  return Math.max(liveBytes, text + rows * bytesBesideRow);
}

/**
 * What a proof of a backup takes on the engine's disk, in bytes: what is restored, with a fifth to spare, and the server's log of it. A
 * rehearsal restores it twice, and MySQL's keeps the text for that. Pure.
 */
export function provingBytes(manifest: Manifest, purpose: "verify" | "rehearse", mostLogBytes: number): number {
  const data = Math.ceil(restoredBytes(manifest, 0) * 1.2);
  const log = Math.min(data, mostLogBytes);
  if (purpose === "verify") return data + log;
  const { kind, rawBytes, bytes } = manifest;
  return 2 * data + log + (kind === "mysql" || kind === "mariadb" ? (rawBytes ?? bytes) : 0);
}

/** A throw-away server that fills the disk stops the live one, too. @throws SluiceError DISK_FULL */
export async function assertRoomToProve(
  { driver }: Pick<BackupPorts, "driver">,
  manifest: Manifest,
  purpose: "verify" | "rehearse",
  signal: AbortSignal | undefined,
): Promise<void> {
  const free = (await driver.scratchFreeBytes?.({ backup: manifest.id, signal })) ?? null;
  const wanted = provingBytes(manifest, purpose, driver.mostScratchLogBytes ?? 0);
  if (free === null || free >= wanted) return;
  throw new SluiceError(
    "DISK_FULL",
    `${free} bytes are free on the engine's disk, ${wanted} are wanted to ${purpose === "verify" ? "restore backup" : "rehearse on backup"} ${manifest.id} in a throw-away server`,
    { hint: "nothing was started; free some space there: docker system df shows what takes it" },
  );
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
