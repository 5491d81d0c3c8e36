import { isSluiceError, messageOf, SluiceError } from "@sluice/core";
import type { ScratchDatabase } from "../driver.ts";
import { differences } from "../model/fingerprint.ts";
import type { Manifest, Verification } from "../model/manifest.ts";
import { byLevel } from "../model/verification.ts";
import { assertOwnDatabase } from "./assert-own-database.ts";
import type { BackupPorts } from "./ports.ts";
import { counted } from "./progress.ts";
import { checkStored, openDump, readGlobals } from "./read-backup.ts";
import { assertRoomToProve } from "./room-to-restore.ts";
import { speaksAgainst } from "./speaks-against.ts";

export interface VerifyRequest {
  readonly id: string;
  /** Image to restore in; default that of the manifest. */
  readonly image?: string | undefined;
}

/**
 * Proves a backup: reads it to its end, restores it in a throw-away server of the image that the live one ran, and
 * compares what that server then holds with what the database held. What was reached is written into the manifest, and
 * so is a failure of the backup itself, not of where it was tried: then the backup counts as none. Where neither can be written, the
 * error says what was found: of a failure with its own code, else with that of the store.
 *
 * @throws SluiceError BACKUP_WRONG_DATABASE (nothing was started), BACKUP_EMPTY, BACKUP_TRUNCATED, BACKUP_CORRUPT, BACKUP_WRONG_VERSION, BACKUP_ROLE_MISSING,
 * BACKUP_EXTENSION_MISSING, BACKUP_DIFFERS, BACKUP_KEY_WRONG, RESTORE_FAILED, IMAGE_MISSING, START_FAILED, DISK_FULL (asked before anything is started)
 */
export async function verifyBackup(
  ports: BackupPorts,
  { id, image }: VerifyRequest,
  signal?: AbortSignal,
): Promise<Manifest> {
  const { store, clock } = ports;
  const manifest = await store.load(id, signal);
  assertOwnDatabase(ports, manifest);
  const { levels, rawBytes } = await prove(ports, manifest, image ?? manifest.image, signal).catch(async (error) => {
    const isOwnImage = image === undefined || image === manifest.image;
    if (!isSluiceError(error) || !speaksAgainst(error, isOwnImage) || signal?.aborted) throw error;
    const { code, message } = error;
    const failed = { at: clock.now().toISOString(), code, message };
    const why = await store.update({ ...manifest, failed }).then(() => null, messageOf);
    throw why === null ? error : notNoted(error, why);
  });
  const level = levels.at(-1)?.level;
  try {
    const { failed: _failed, ...rest } = await store.load(id);
    const others = rest.verified.filter((one) => levels.every(({ level }) => level !== one.level));
    const proven: Manifest = { ...rest, rawBytes, verified: [...others, ...levels].toSorted(byLevel) };
    await store.update(proven);
    return proven;
  } catch (cause) {
    if (!isSluiceError(cause)) throw cause;
    const { code, message, hint, detail, retryable } = cause;
    const text = `backup ${id} was verified (${level}), which could not be noted: ${message}`;
    throw new SluiceError(code, text, { hint, detail, retryable, cause });
  }
}

/** The same verdict, of a backup whose manifest goes on saying what it said before. */
function notNoted(verdict: SluiceError, why: string): SluiceError {
  const { code, message, hint, detail } = verdict;
  const text = `${message}; that could not be noted, so that it is listed as before: ${why}`;
  return new SluiceError(code, text, { hint, detail, cause: verdict });
}

async function prove(
  ports: BackupPorts,
  manifest: Manifest,
  image: string,
  signal: AbortSignal | undefined,
): Promise<{ readonly levels: readonly Verification[]; readonly rawBytes: number }> {
  const { driver, clock, onProgress } = ports;
  const progress = (phase: "start-server" | "compare") => onProgress?.({ phase, bytes: 0, totalBytes: manifest.bytes });
  await assertRoomToProve(ports, manifest, "verify", signal);
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
  const { notTested: untried = [] } = scratch;
  const at = clock.now().toISOString();
  const isEmpty = manifest.fingerprint?.tables.length === 0;
  const notTested = [
    ...(isEmpty ? ["any row: there was no table when it was taken; is it of the right database?"] : []),
    ...(manifest.fingerprint?.notCovered ?? []),
    ...untried,
    "the application with the restored data",
  ];
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
      level("restored", restoreMs, [why ?? unknown, ...untried]),
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
