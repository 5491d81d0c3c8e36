import { randomBytes } from "node:crypto";
import { type DatabaseAction, SluiceError } from "@sluice/core";
import {
  highestLevel,
  isProven,
  type Manifest,
  type RehearsalReport,
  restoreBackup,
  undoRestore,
} from "@sluice/database";
import { provideRelease } from "@sluice/engine";
import type { AlarmName } from "../alarms/alarm-notification.ts";
import { noteHeld, withAlarm } from "../alarms/with-alarm.ts";
import { lockStack } from "../home/lock.ts";
import { assertOwnStack } from "../project/assert-own-stack.ts";
import { readProvenRelease } from "../promotion/read-proven-release.ts";
import type { Session } from "../session.ts";
import { telling } from "../telling.ts";
import { assertAgreed } from "./assert-agreed.ts";
import type { DatabaseCall, DatabaseOperations, RehearseCall } from "./database-operations.ts";
import { inTime } from "./deadline.ts";
import { killedActions } from "./killed-actions.ts";
import { listBackups, showBackup } from "./list-backups.ts";
import { mendDatabase } from "./mend-database.ts";
import { migrate, planMigration, releaseToMigrate } from "./migrate.ts";
import { backupsOf, type OpenDatabase, openDatabase } from "./open-database.ts";
import { planOpenRestore } from "./plan-restore.ts";
import { planUndo } from "./plan-undo.ts";
import { proveBackup, prune, takeAndProve } from "./prove.ts";
import { type Done, recorded, recordedAfter } from "./recorded.ts";
import { readDatabaseRecords } from "./records.ts";
import { rehearse } from "./rehearsal/rehearse.ts";
import { untilAborted } from "./until-aborted.ts";

/** What people do with the project's database, under the lock where `DatabaseOperations` says so. Opens nothing yet. */
export function createDatabaseOperations(session: Session): DatabaseOperations {
  const newest = async (
    database: OpenDatabase,
    signal: AbortSignal | undefined,
    isWanted: (backup: Manifest) => boolean = () => true,
  ): Promise<string> => {
    const found = (await backupsOf(session, database, signal)).findLast(isWanted);
    if (found) return found.id;
    throw new SluiceError("BACKUP_UNKNOWN", `there is no such backup of ${database.name} (${database.service}) yet`, {
      hint: "sluice db backup; or one of another machine's stack of this name, by its id, where sluice db list shows any",
    });
  };
  return {
    backup: (call, signal) =>
      change(session, "backup", call, signal, async (database, limited) => {
        const manifest = await takeAndProve(session, database, call.prove ?? false, limited);
        return { result: manifest, record: recordOf(manifest) };
      }),
    list: (signal) => listBackups(session, signal),
    show: (id, signal) => showBackup(session, id, signal),
    verify: (asked, call, signal) =>
      change(session, "verify", call, signal, async (database, limited) => {
        const id = asked ?? (await newest(database, limited));
        const manifest = await proveBackup(session, database, id, limited);
        return { result: manifest, record: recordOf(manifest) };
      }),
    rehearse: (call, signal) =>
      change(session, "rehearse", call, signal, (database, limited) =>
        rehearseRelease(session, database, call, limited),
      ),
    async planRestore(asked, signal, call = {}) {
      const database = await openDatabase(session, {}, signal);
      return planOpenRestore(session, database, asked ?? (await newest(database, signal, isProven)), call, signal);
    },
    restore: (id, call, signal) =>
      change(session, "restore", { ...call, backup: id }, signal, async ({ ports, settings, name }) => {
        const here = { stack: await session.stack(), homes: ports.homes, database: name };
        assertAgreed(await ports.store.load(id, signal), here, call);
        const bound = {
          ms: settings.verify.timeout,
          setting: "database.verify.timeout",
          what: `restoring backup ${id}`,
        };
        const result = await inTime(session.clock, bound, signal, (limited) => restoreBackup(ports, id, limited));
        const { old, swapMs, restoreMs } = result;
        return { result, record: { ...recordOf(result.manifest), old, swapMs, restoreMs } };
      }),
    async planUndo(id, signal = new AbortController().signal, call = {}) {
      return planUndo(session, await openDatabase(session, call, signal), id, signal);
    },
    undoRestore: (id, call, signal) =>
      change(session, "restore-undo", { ...call, backup: id }, signal, async ({ ports }) => {
        const undone = await undoRestore(ports, id, signal);
        return { result: undone, record: { backup: id, undone } };
      }),
    async prune(call, signal) {
      await using _lock = await lockStack(session, reasoned("prune", call), "none", signal);
      await assertOwnStack(session);
      const { journal } = await session.ports();
      const to = { journal, signal, say: call.onFinding ?? telling(session) };
      return await recordedAfter(to, about(session, "prune", call), (onRemoved) => prune(session, signal, onRemoved));
    },
    planMigration: (call, signal) => planMigration(session, call, signal),
    migrate: (call, signal) =>
      change(
        session,
        call.down ? "migrate-down" : "migrate",
        { ...call, releaseOf: () => releaseToMigrate(session, call, signal) },
        signal,
        async (_database, _signal, release) => {
          const result = await migrate(session, { ...call, release }, `m-${randomBytes(4).toString("hex")}`, signal);
          return { result, record: { jobs: result.jobs } };
        },
      ),
    records: async () => readDatabaseRecords((await session.ports()).journal),
  };
}

/** The candidate's migration on a copy, and the release that serves after it; in the record with what was found. */
async function rehearseRelease(
  session: Session,
  database: OpenDatabase,
  { release, fresh, acceptIncompatible, promotion }: RehearseCall,
  signal: AbortSignal,
): Promise<Done<RehearsalReport>> {
  const [project, ports, config] = await Promise.all([session.project(signal), session.ports(), session.config()]);
  const from = promotion ?? config.promotion;
  // How long it must have served there is of those whom it shall serve here; a copy need not wait for that.
  const soon = from && { ...from, minimumTime: 0 };
  const proven = soon && (await readProvenRelease(session, soon, { release, withChecks: false }, signal));
  const wanted = { project, release, config, proven, serves: database.release };
  const candidate = await provideRelease(ports, wanted, { signal });
  const previous = database.release === null ? null : await ports.bundles.load(database.release);
  const report = await rehearse(session, database, { candidate, previous, fresh, acceptIncompatible }, signal);
  const { verdict, findings, compatibility, backup } = report;
  const found = findings.filter(({ severity }) => severity !== "note").map(({ code, table }) => ({ code, table }));
  const record = {
    backup: backup.id,
    release: candidate.bundle.id,
    verdict,
    found,
    previous: compatibility.result,
    ...(acceptIncompatible ? { accepted: "incompatible" } : {}),
  };
  return { result: report, record };
}

/** What is done at night, when nobody looks. */
const alarms: Readonly<Partial<Record<DatabaseAction, AlarmName>>> = { backup: "backup", verify: "drill" };

const heldAlready = async (): Promise<AsyncDisposable> => ({ [Symbol.asyncDispose]: async () => undefined });

type ChangeCall = DatabaseCall & { readonly backup?: string; readonly releaseOf?: () => Promise<string> };
type Change<T> = (database: OpenDatabase, signal: AbortSignal, release?: string) => Promise<Done<T>>;

/** Under the lock, and until somebody ends it with an order where it takes one. */
async function change<T>(
  session: Session,
  what: DatabaseAction,
  call: ChangeCall,
  signal: AbortSignal,
  run: Change<T>,
): Promise<T> {
  // Compose resolves it in a process of its own meanwhile. What it finds wrong is told where the project is needed.
  session.project(signal).catch(() => undefined);
  const alarm = alarms[what];
  await using _lock = await lockStack(session, reasoned(what, call), "none", signal).catch(async (error: unknown) => {
    if (alarm) await noteHeld(session, alarm, error).catch(() => undefined);
    throw error;
  });
  const locked = async () => {
    const { orders } = await session.ports();
    return untilAborted(orders, what, signal, (limited) => changeLocked(session, what, call, limited, run));
  };
  if (!alarm) return await locked();
  const { onFinding: say = telling(session) } = call;
  return await withAlarm(session, { alarm, say, lock: heldAlready }, signal, locked);
}

/** With intent and outcome in the journal; what dead runs left is removed first. */
async function changeLocked<T>(
  session: Session,
  what: DatabaseAction,
  call: ChangeCall,
  signal: AbortSignal,
  run: Change<T>,
): Promise<T> {
  const { journal, base, bundles } = await session.ports();
  const { stack, homeId } = await session.facts();
  await base.claim(stack, homeId);
  const opening = openDatabase(session, call, signal);
  opening.catch(() => undefined);
  // It is over before the lock is given back.
  await session.runtime().throwAway.sweep(stack);
  const database = await opening;
  const { onFinding: say = telling(session) } = call;
  await mendDatabase(session, database, { say, signal });
  for (const killed of await killedActions(journal, await bundles.list())) say(killed);
  const { backup } = call;
  // Also of one that fails or is killed it has to be known whose it was; one that is refused has not begun.
  const release = await call.releaseOf?.();
  const entry = {
    ...about(session, what, call),
    service: database.service,
    ...(backup ? { backup } : {}),
    ...(release ? { release } : {}),
    // Its undo brings back the data of that one.
    ...(what === "restore" ? { served: database.release } : {}),
  };
  return recorded({ journal, signal, say }, entry, () => run(database, signal, release));
}

function about(session: Session, action: DatabaseAction, call: DatabaseCall) {
  return { action, actor: session.options.actor, reason: call.reason ?? "" };
}

function reasoned(what: DatabaseAction, { reason, waitMs }: DatabaseCall) {
  return { reason: reason ?? `database ${what}`, waitMs };
}

function recordOf(manifest: Manifest): Done<never>["record"] {
  const { id, bytes, sha256, release } = manifest;
  return { backup: id, bytes, sha256, release, level: highestLevel(manifest) };
}
