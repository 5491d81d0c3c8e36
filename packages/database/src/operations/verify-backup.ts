import { isSluiceError, SluiceError } from "@sluice/core";
import type { ScratchDatabase } from "../driver.ts";
import { differences } from "../model/fingerprint.ts";
import type { Manifest, Verification } from "../model/manifest.ts";
import { byLevel } from "../model/verification.ts";
import { assertOwnDatabase } from "./assert-own-database.ts";
import type { BackupPorts } from "./ports.ts";
import { counted } from "./progress.ts";
import { checkStored, openDump, readGlobals } from "./read-backup.ts";
import { speaksAgainst } from "./speaks-against.ts";

export interface VerifyRequest {
  readonly id: string;
  /** Image to restore in; default that of the manifest. */
  readonly image?: string | undefined;
}

/**
 * Proves a backup: reads it to its end, restores it in a throw-away server of the image that the live one ran, and
 * compares what that server then holds with what the database held. What was reached is written into the manifest, and
 * so is a failure of the backup itself, not of where it was tried: then the backup counts as none.
 *
 * @throws SluiceError BACKUP_WRONG_DATABASE (nothing was started), BACKUP_EMPTY, BACKUP_TRUNCATED, BACKUP_CORRUPT, BACKUP_WRONG_VERSION, BACKUP_ROLE_MISSING,
 * BACKUP_EXTENSION_MISSING, BACKUP_DIFFERS, BACKUP_KEY_WRONG, RESTORE_FAILED, IMAGE_MISSING, START_FAILED
 */
export async function verifyBackup(
  ports: BackupPorts,
  { id, image }: VerifyRequest,
  signal?: AbortSignal,
): Promise<Manifest> {
  const { store, clock } = ports;
  const manifest = await store.load(id);
  assertOwnDatabase(ports, manifest);
  try {
    const { levels, rawBytes } = await prove(ports, manifest, image ?? manifest.image, signal);
    const { failed: _failed, ...rest } = await store.load(id);
    const others = rest.verified.filter(({ level }) => levels.every((one) => one.level !== level));
    const verified = [...others, ...levels].toSorted(byLevel);
    const proven: Manifest = { ...rest, rawBytes, verified };
    await store.update(proven);
    return proven;
  } catch (error) {
    const isOwnImage = image === undefined || image === manifest.image;
    if (isSluiceError(error) && speaksAgainst(error, isOwnImage) && !signal?.aborted) {
      const { code, message } = error;
      await store.update({ ...manifest, failed: { at: clock.now().toISOString(), code, message } });
    }
    throw error;
  }
}

async function prove(
  ports: BackupPorts,
  manifest: Manifest,
  image: string,
  signal: AbortSignal | undefined,
): Promise<{ readonly levels: readonly Verification[]; readonly rawBytes: number }> {
  const { driver, clock, onProgress } = ports;
  const progress = (phase: "start-server" | "compare") => onProgress?.({ phase, bytes: 0, totalBytes: manifest.bytes });
  await checkStored(ports, manifest, signal);
  const globals = await readGlobals(ports, manifest, signal);
  progress("start-server");
  await using scratch = await driver.scratch(manifest, image, { backup: manifest.id, signal });
  assertVersion(manifest, scratch);
  const started = clock.monotonicMs();
  let rawBytes = 0;
  const dump = counted(openDump(ports, manifest, signal), (bytes) => (rawBytes = bytes));
  await scratch.restore({ dump, globals });
  const restoreMs = Math.round(clock.monotonicMs() - started);
  progress("compare");
  const compared = await compare(manifest, scratch);
  const at = clock.now().toISOString();
  const notTested = [...(manifest.fingerprint?.notCovered ?? []), "the application with the restored data"];
  const unknown = "whether it holds what the database held";
  // When it was taken, the reason was known.
  const why = manifest.verified.flatMap((one) => one.notTested).find((text) => text.startsWith(unknown));
  const level = (name: Verification["level"], ms: number, missing: readonly string[]): Verification => ({
    level: name,
    at,
    restoreMs: ms,
    notTested: [...missing],
  });
  return {
    rawBytes,
    levels: [
      level("decoded", 0, ["whether a server takes it"]),
      level("restored", restoreMs, [why ?? unknown]),
      ...(compared ? [level("compared", restoreMs, notTested)] : []),
    ],
  };
}

function assertVersion({ id, server }: Manifest, scratch: ScratchDatabase): void {
  if (scratch.server.major === server.major) return;
  throw new SluiceError(
    "BACKUP_WRONG_VERSION",
    `backup ${id} is of version ${server.version}, the image holds ${scratch.server.version}`,
    {
      hint: "restore in the version that the backup was taken from: pull its image, or name another one of that version",
    },
  );
}

async function compare(manifest: Manifest, scratch: ScratchDatabase): Promise<boolean> {
  if (!manifest.fingerprint) return false;
  const found = differences(manifest.fingerprint, await scratch.fingerprint(manifest.fingerprint));
  if (found.length === 0) return true;
  throw differs(manifest.id, found);
}

export function differs(id: string, found: readonly string[]): SluiceError {
  const more = found.length > 1 ? ` (and ${found.length - 1} more)` : "";
  return new SluiceError(
    "BACKUP_DIFFERS",
    `backup ${id} restores to something else than it was taken of: ${found[0]}${more}`,
    {
      hint: "this backup cannot be trusted: take a new one (sluice db backup)",
      detail: found.join("\n"),
    },
  );
}
