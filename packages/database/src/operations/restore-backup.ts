import { type Finding, SluiceError } from "@sluice/core";
import type { DriverCall } from "../driver.ts";
import { differences, type Fingerprint } from "../model/fingerprint.ts";
import type { Manifest } from "../model/manifest.ts";
import { isOfHomes } from "../model/own-home.ts";
import { isProven } from "../model/verification.ts";
import { assertOwnDatabase } from "./assert-own-database.ts";
import type { BackupPorts } from "./ports.ts";
import { checkStored, openDump, readGlobals } from "./read-backup.ts";
import { assertRoomToRestore } from "./room-to-restore.ts";
import { differs } from "./verify-backup.ts";

/** What a restore would take away: everything that was written since. */
export interface RestorePlan {
  readonly manifest: Manifest;
  /** Whose place it would take. */
  readonly live: { readonly database: string; readonly service?: string | undefined };
  /** The stack that it is of, where that is another one: its data would take the place of what is here. */
  readonly otherStack?: string | undefined;
  /** Id of the state home that it was taken from, where `otherStack` has this one's name and is another one all the same. */
  readonly otherHome?: string | undefined;
  /** The database that it is of, where that has another name than the one whose place it would take. */
  readonly otherDatabase?: string | undefined;
  /** It was restored once before, in a throw-away server. */
  readonly proven: boolean;
  /** Since the backup's moment, by our clock; writes go on being lost until the swap. */
  readonly ageMs: number;
  /** Tables that hold something else now; `null` where nothing is known of what they held then. */
  readonly losses: readonly TableLoss[] | null;
  /** Tables that are known to hold what they held then; of large ones a sample was compared (`manifest.fingerprint`). */
  readonly unchangedTables: number;
  /** What the backup lacks, and what the swap would leave to people. */
  readonly findings: readonly Finding[];
  /** Tags, or ids where those are not known, of the release whose data it is and of the one that serves, where the caller knows both and they differ. */
  readonly releases?: { readonly backup: string; readonly serves: string } | undefined;
}

export interface TableLoss {
  readonly name: string;
  /** `null` where there is no such table. */
  readonly rowsThen: number | null;
  readonly rowsNow: number | null;
}

export interface RestoreResult {
  readonly manifest: Manifest;
  /** What the database that was live is called now; it stays until somebody drops it. */
  readonly old: string;
  /** From the first refused connection to the last rename. */
  readonly swapMs: number;
  readonly restoreMs: number;
}

/**
 * Compares the live database with a backup. Changes nothing.
 *
 * @throws SluiceError BACKUP_UNKNOWN, BACKUP_WRONG_DATABASE, DATABASE_UNREACHABLE, RESTORE_FAILED (it could not be swapped)
 */
export async function planRestore(ports: BackupPorts, id: string, signal?: AbortSignal): Promise<RestorePlan> {
  const { driver, store, clock, stack, homes, service } = ports;
  const manifest = await store.load(id, signal);
  assertOwnDatabase(ports, manifest);
  const isOwn = manifest.stack === stack && isOfHomes(manifest, homes);
  const otherStack = stack === undefined || isOwn ? undefined : manifest.stack;
  const call = { backup: id, signal };
  const { database } = await driver.probe(call);
  const foreseen = (await driver.foreseeSwap?.(call)) ?? [];
  const findings = [...lackingIn(manifest), ...(await goneSince(ports, manifest, call)), ...foreseen];
  const then = manifest.fingerprint;
  const compared = then && compareTables(then, await driver.fingerprint(then, call));
  return {
    manifest,
    live: { database: database.name, ...(service === undefined ? {} : { service }) },
    ...(otherStack === undefined ? {} : { otherStack }),
    ...(otherStack === undefined || otherStack !== stack ? {} : { otherHome: manifest.home }),
    ...(manifest.database.name === driver.database ? {} : { otherDatabase: manifest.database.name }),
    proven: isProven(manifest),
    ageMs: Math.max(0, clock.now().getTime() - Date.parse(manifest.at)),
    losses: compared?.losses ?? null,
    unchangedTables: compared?.unchangedTables ?? 0,
    findings,
  };
}

/**
 * Restores a backup into a new database beside the live one, compares it with what it was taken of, and only then puts
 * it in the live one's place. The live one is kept under another name; `undoRestore` puts it back. Whoever calls this has
 * consented to losing what was written since.
 *
 * @throws SluiceError before the swap, with the live database as it was: DISK_FULL (asked before anything is written, with a
 * fifth to spare; or it ran out), BACKUP_WRONG_DATABASE (before anything is read), BACKUP_EMPTY, BACKUP_TRUNCATED, BACKUP_CORRUPT,
 * BACKUP_WRONG_VERSION, BACKUP_ROLE_MISSING, BACKUP_DIFFERS, BACKUP_KEY_WRONG, RESTORE_FAILED, …
 */
export async function restoreBackup(ports: BackupPorts, id: string, signal?: AbortSignal): Promise<RestoreResult> {
  const { driver, store, clock, onProgress, onFinding } = ports;
  const call = { backup: id, signal, onFinding };
  const manifest = await store.load(id, signal);
  assertOwnDatabase(ports, manifest);
  await driver.foreseeSwap?.(call);
  await checkStored(ports, manifest, signal);
  const { server, sizeBytes } = await driver.probe(call);
  if (server.major < manifest.server.major) {
    throw new SluiceError(
      "BACKUP_WRONG_VERSION",
      `backup ${id} is of version ${manifest.server.version}, the server is ${server.version}`,
      {
        hint: "run the version that the backup was taken from, or a newer one",
      },
    );
  }
  await assertRoomToRestore(ports, manifest, sizeBytes, signal);
  const gone = await goneSince(ports, manifest, call);
  const started = clock.monotonicMs();
  const globals = () => readGlobals(ports, manifest, signal);
  const fresh = await driver.restoreBeside(manifest, openDump(ports, manifest, signal), { ...call, globals });
  const restoreMs = Math.round(clock.monotonicMs() - started);
  try {
    onProgress?.({ phase: "compare", bytes: manifest.bytes, totalBytes: manifest.bytes });
    const taken = manifest.fingerprint;
    const found = taken ? differences(taken, await fresh.fingerprint(taken)) : [];
    if (found.length > 0) throw differs(id, found);
    signal?.throwIfAborted();
    onProgress?.({ phase: "swap", bytes: manifest.bytes, totalBytes: manifest.bytes });
    let away = clock.monotonicMs();
    const old = await fresh.swap(() => (away = clock.monotonicMs()));
    const swapMs = Math.round(clock.monotonicMs() - away);
    for (const finding of gone) onFinding?.(finding);
    return { manifest, old, swapMs, restoreMs };
  } catch (error) {
    await fresh.drop().catch(() => undefined);
    throw error;
  }
}

/** Puts the database back that a restore of this backup took away. Resolves with the name of what took its place. */
export async function undoRestore(
  { driver, onFinding }: BackupPorts,
  id: string,
  signal?: AbortSignal,
): Promise<string> {
  return driver.undoSwap({ backup: id, signal, onFinding });
}

/** What no restore of a backup brings back. */
function lackingIn({ id, lacking = [] }: Manifest): readonly Finding[] {
  return lacking.map((text) => ({
    severity: "warn",
    code: "not-in-the-backup",
    message: `not all is in backup ${id}: ${text}`,
  }));
}

/**
 * What the live database lacks of what belonged to it; of another stack's it never had that. Not to know it keeps nobody from
 * restoring: older backups do not say it.
 */
async function goneSince(ports: BackupPorts, manifest: Manifest, call: DriverCall): Promise<readonly Finding[]> {
  const { driver, stack } = ports;
  if (!driver.foreseeGone || (stack !== undefined && manifest.stack !== stack)) return [];
  try {
    const globals = await readGlobals(ports, manifest, call.signal);
    return globals === null ? [] : await driver.foreseeGone(manifest, globals, call);
  } catch {
    call.signal?.throwIfAborted();
    return [];
  }
}

function compareTables(
  then: Fingerprint,
  now: Fingerprint,
): { readonly losses: readonly TableLoss[]; readonly unchangedTables: number } {
  const losses = tableLosses(then, now);
  const changed = losses.filter(({ rowsNow }) => rowsNow !== null).length;
  return { losses, unchangedTables: now.tables.length - changed };
}

function tableLosses(then: Fingerprint, now: Fingerprint): readonly TableLoss[] {
  const before = new Map(then.tables.map((table) => [table.name, table]));
  const after = new Map(now.tables.map((table) => [table.name, table]));
  return [...new Set([...before.keys(), ...after.keys()])].flatMap((name) => {
    const [old, current] = [before.get(name), after.get(name)];
    if (old && current && old.rows === current.rows && old.hash === current.hash) return [];
    return [{ name, rowsThen: old?.rows ?? null, rowsNow: current?.rows ?? null }];
  });
}
