import { SluiceError } from "@sluice/core";
import type { RehearsalCopy } from "../driver.ts";
import type { Manifest } from "../model/manifest.ts";
import type { BackupPorts } from "./ports.ts";
import { checkStored, openDump, readGlobals } from "./read-backup.ts";
import { assertRoomToProve } from "./room-to-restore.ts";
import { timed } from "./timed.ts";

export interface RestoredCopy extends AsyncDisposable {
  readonly copy: RehearsalCopy;
  readonly restoreMs: number;
}

/**
 * A backup in a throw-away server, for one rehearsal or many: each clones what was restored. The server is gone when it
 * is disposed.
 *
 * @throws SluiceError DISK_FULL before anything is started
 */
export async function restoreCopy(
  ports: BackupPorts,
  manifest: Manifest,
  image: string,
  signal?: AbortSignal,
): Promise<RestoredCopy> {
  const { driver } = ports;
  if (!driver.rehearsalCopy) {
    throw new SluiceError("DATABASE_UNKNOWN", `migrations of ${driver.kind} cannot be rehearsed`);
  }
  await assertRoomToProve(ports, manifest, "rehearse", signal);
  await checkStored(ports, manifest, signal);
  ports.onProgress?.({ phase: "start-server", bytes: 0, totalBytes: manifest.bytes });
  const copy = await driver.rehearsalCopy(manifest, image, { backup: manifest.id, signal });
  try {
    const restoreMs = await timed(ports, () => restore(ports, manifest, copy, signal));
    return { copy, restoreMs, [Symbol.asyncDispose]: () => copy[Symbol.asyncDispose]() };
  } catch (error) {
    await copy[Symbol.asyncDispose]();
    throw error;
  }
}

async function restore(
  ports: BackupPorts,
  manifest: Manifest,
  copy: RehearsalCopy,
  signal: AbortSignal | undefined,
): Promise<void> {
  if (copy.server.major !== manifest.server.major) {
    throw new SluiceError(
      "BACKUP_WRONG_VERSION",
      `backup ${manifest.id} is of version ${manifest.server.version}, the image holds ${copy.server.version}`,
    );
  }
  const globals = await readGlobals(ports, manifest, signal);
  await copy.restore({ dump: openDump(ports, manifest, signal), globals });
}
