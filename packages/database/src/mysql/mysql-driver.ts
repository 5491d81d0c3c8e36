import { posix } from "node:path";
import { type Clock, type ContainerExec, type Finding, SluiceError, type ThrowAwayContainers } from "@sluice/core";
import type {
  DatabaseDriver,
  DriverCall,
  FreshDatabase,
  RehearsalCopy,
  RestoreCall,
  RunningDump,
  ScratchDatabase,
} from "../driver.ts";
import { besideName } from "../model/beside-name.ts";
import { besidesLeft } from "../model/besides-left.ts";
import type { Fingerprint } from "../model/fingerprint.ts";
import type { Manifest } from "../model/manifest.ts";
import { nothingToUndo } from "../model/nothing-to-undo.ts";
import { afterDrop } from "../process/after-drop.ts";
import { engineDisk, freeBytesIn, isOnOneFileSystem } from "../process/free-bytes.ts";
import { orDispose } from "../process/or-dispose.ts";
import { started } from "../process/started.ts";
import { dumpAccounts, restoreAccounts } from "./accounts.ts";
import { type ClientOptions, runSql } from "./client.ts";
import { checkDefiners } from "./definers.ts";
import { prepareDump, startDump } from "./dump.ts";
import {
  countEvents,
  foreignViewsText,
  renamedDump,
  renamedText,
  withForeignViewsEmpty,
  withoutEvents,
} from "./dump-text.ts";
import type { Sampling } from "./fingerprint-sql.ts";
import { findKeysLeft, keysToStay, readOutwardKeys } from "./foreign-keys.ts";
import { openGate } from "./gate.ts";
import { readHistory } from "./history.ts";
import { isSwapOpen, leftSwapText, mendSwap, readLeftSwap, settleSwap } from "./mend-swap.ts";
import { probeMysql } from "./probe.ts";
import { longestTransaction } from "./rehearsal/longest-transaction.ts";
import { openRehearsalCopy } from "./rehearsal/rehearsal-copy.ts";
import { createDatabase, dropDatabase, restoreDump } from "./restore.ts";
import { startScratch } from "./scratch.ts";
import { readSetAside } from "./set-aside.ts";
import { openSnapshot, takeFingerprint } from "./snapshot.ts";
import { storedTarget } from "./stored-target.ts";
import { assertNobodyRefers, isEmpty, listBesides, swapDatabases } from "./swap.ts";
import { type MysqlTarget, quoteName } from "./target.ts";
import { readUnseenPrograms } from "./unseen-programs.ts";
import { vacate } from "./vacate.ts";

export interface MysqlOptions {
  readonly exec: ContainerExec;
  readonly throwAway: ThrowAwayContainers;
  readonly clock: Clock;
  readonly stack: string;
  readonly target: MysqlTarget;
  /** Of the throw-away server. */
  readonly scratchMemoryBytes: number;
  /** Of tables larger than this, one row in 64 is hashed; all are counted. Default 100 MB. */
  readonly sampleAboveBytes?: number | undefined;
  /** Default: in the container, where it has what that needs; else in this process. */
  readonly compressIn?: "container" | "process" | undefined;
}

const defaultSampleAboveBytes = 100_000_000;

/** MariaDB 10.4, MySQL 5.7, or newer, by the client and the dump of the server's own image. */
export function createMysqlDriver(options: MysqlOptions): DatabaseDriver {
  const { exec, target } = options;
  return {
    kind: target.kind,
    database: target.database,
    // Not as what a backup does: the next one would end it.
    probe: (call) => probeMysql(exec, target, sessionOf(call, "compare")),
    async freeBytes(call) {
      const [directory = ""] = await runSql(exec, target, "select @@datadir;", sessionOf(call, "compare"));
      return freeBytesIn(exec, target.container, directory, call.signal);
    },
    async mostLogBytes(call) {
      const sql = "select @@log_bin, @@datadir, @@log_bin_basename;";
      const [line = ""] = await runSql(exec, target, sql, sessionOf(call, "compare"));
      const [isOn, data = "", log = ""] = line.split("\t");
      if (isOn !== "1") return 0;
      const isBeside = await isOnOneFileSystem(exec, target.container, [data, posix.dirname(log)], call.signal);
      // It grows until its files expire. The redo log has its whole size from the start.
      return isBeside ? Number.POSITIVE_INFINITY : 0;
    },
    scratchFreeBytes: ({ signal }) => freeBytesIn(exec, target.container, engineDisk, signal),
    dump: (call) => dump(options, call),
    globals: (call) => dumpAccounts(exec, target, sessionOf(call)),
    fingerprint: (like, call) => takeFingerprint(exec, target, sampledIn(like), sessionOf(call, "compare")),
    scratch: (manifest, image, call) => scratch(options, manifest, image, call),
    rehearsalCopy: (manifest, image, call) => rehearsalCopy(options, manifest, image, call),
    longestTransaction: (call) => longestTransaction(exec, target, sessionOf(call, "rehearse")),
    async foreseeSwap(call) {
      const session = sessionOf(call, "restore");
      await assertNobodyRefers(exec, target, target.database, session);
      const keys = await readOutwardKeys(exec, target, target.database, session);
      return keysToStay(target.database, keys);
    },
    restoreBeside: (manifest, source, call) => restoreBeside(options, manifest, source, call),
    async findLeft() {
      const left = await readLeftSwap(exec, target);
      return left && leftSwapText(left, target);
    },
    async findBesides(call) {
      const { database } = await storedTarget(exec, target, sessionOf(call, "compare"));
      const names = await listBesides(exec, target, sessionOf(call, "compare"));
      return besidesLeft(database, names, (name) => `drop database ${quoteName(name)}`);
    },
    async setAside(call) {
      const session = sessionOf(call, "compare");
      return readSetAside(exec, await storedTarget(exec, target, session), call.backup, session);
    },
    mend: (call) => mendSwap(exec, target, sessionOf(call, "mend")),
    undoSwap: (call) => undoSwap(options, call),
  };
}

function sessionOf({ backup, signal }: DriverCall, what = "backup"): ClientOptions {
  return { session: `${what}-${backup}`, signal };
}

/** Commits stand still from the first session's snapshot until the second, which is the dump's, shows its first bytes. */
async function dump(options: MysqlOptions, call: DriverCall): Promise<RunningDump> {
  const { exec, target, sampleAboveBytes = defaultSampleAboveBytes, compressIn } = options;
  const session = sessionOf(call);
  return orDispose(prepareDump(exec, target, { ...session, compressIn }), async (prepared) => {
    const [live, programs, history] = await Promise.all([
      probeMysql(exec, target, session),
      readUnseenPrograms(exec, target, session),
      readHistory(exec, target, session),
    ]);
    const unseen = [...programs, ...history.lacking];
    // A reader at the pipe of a dead run has ended when commits begin to stand still.
    await prepared.ready();
    await using gate = await openGate(exec, target, session);
    return await orDispose(await openSnapshot(exec, target, session), async (snapshot) => {
      const running = await startDump(prepared, target, history);
      return {
        live,
        bytes: await started(running.bytes),
        rawBytes: () => running.rawBytes(),
        async fingerprint() {
          if (gate.refused !== null) return null;
          const found = await snapshot.fingerprint({ aboveBytes: sampleAboveBytes, withHistory: history.isDumped });
          return { ...found, notCovered: [...found.notCovered, ...unseen] };
        },
        get notComparable() {
          return gate.refused;
        },
        unseen,
        async [Symbol.asyncDispose]() {
          await running[Symbol.asyncDispose]();
          await snapshot[Symbol.asyncDispose]();
        },
      };
    });
  });
}

async function scratch(
  { throwAway, exec, clock, stack, target, scratchMemoryBytes }: MysqlOptions,
  { server, database }: Manifest,
  image: string,
  call: DriverCall,
): Promise<ScratchDatabase> {
  const session = sessionOf(call, "verify");
  const request = {
    stack,
    image,
    kind: target.kind,
    database: database.name,
    // It only has to hold what the live one holds, also what that one was less strict with.
    settings: [...server.preload.split(" ").filter((option) => option !== ""), "--loose-innodb-strict-mode=OFF"],
    memoryBytes: scratchMemoryBytes,
  };
  return orDispose(await startScratch({ throwAway, exec, clock }, request, call.signal), async (running) => {
    const inner = running.target;
    await createDatabase(exec, inner, database, session);
    const found = await probeMysql(exec, inner, session);
    const foreignViews: string[] = [];
    return {
      server: found.server,
      async restore(source) {
        const dump = withForeignViewsEmpty(source.dump, database.name, (view) => foreignViews.push(view));
        await restoreDump(exec, inner, dump, session);
        if (source.globals !== null) await restoreAccounts(exec, inner, source.globals, session);
      },
      get notTested() {
        return foreignViewsText(foreignViews);
      },
      fingerprint: (like) => takeFingerprint(exec, inner, sampledIn(like), session),
      [Symbol.asyncDispose]: () => running[Symbol.asyncDispose](),
    };
  });
}

async function rehearsalCopy(
  { throwAway, exec, clock, stack, target, scratchMemoryBytes }: MysqlOptions,
  manifest: Manifest,
  image: string,
  call: DriverCall,
): Promise<RehearsalCopy> {
  if (target.kind === "mysql" && manifest.server.major < 800) {
    const text = `migrations of MySQL ${manifest.server.version} cannot be rehearsed`;
    throw new SluiceError("DATABASE_UNKNOWN", text, { hint: "MySQL 8.0 or newer tells what a migration does" });
  }
  const request = { stack, image, memoryBytes: scratchMemoryBytes, manifest, live: target };
  return openRehearsalCopy({ throwAway, exec, clock }, request, sessionOf(call, "rehearse"));
}

async function restoreBeside(
  { exec, target: written }: MysqlOptions,
  manifest: Manifest,
  source: AsyncIterable<Uint8Array>,
  call: RestoreCall,
): Promise<FreshDatabase> {
  const { database } = manifest;
  const session = sessionOf(call, "restore");
  const target = await storedTarget(exec, written, session);
  const old = besideName(target.database, "old", call.backup);
  // Its note would be written over.
  await settleSwap(exec, target, session);
  const name = besideName(target.database, "restore", call.backup);
  await vacate(exec, target, { kind: "old", name: old, fresh: name, backup: call.backup }, session);
  const drop = () => dropDatabase(exec, target, name, { session: session.session });
  // What an earlier attempt left.
  await drop();
  const fresh = { ...target, database: name };
  await createDatabase(exec, fresh, database, session);
  // They would run beside those of the live database, and wait for the swap.
  let events = "";
  const quiet = withoutEvents(source, (script) => (events = script));
  let lacking: Finding | null;
  try {
    await restoreDump(exec, fresh, renamedDump(quiet, database.name, name), session);
    lacking = await checkDefiners(exec, fresh, { manifest, events, live: target, globals: call.globals }, session);
  } catch (error) {
    throw await afterDrop(error, { name, dropSql: `drop database ${quoteName(name)}` }, drop);
  }
  return {
    name,
    async drop() {
      if (!(await isSwapOpen(exec, target, name))) await drop();
    },
    async fingerprint(like) {
      const found = await takeFingerprint(exec, fresh, sampledIn(like), session);
      const { all, recurring } = countEvents(events);
      const more = { events: all, "recurring events": recurring };
      const sums = Object.entries(more).map(([kind, count]) => [kind, (found.objects[kind] ?? 0) + count] as const);
      return { ...found, objects: { ...found.objects, ...Object.fromEntries(sums) } };
    },
    async swap(onAway) {
      const request = { live: target.database, fresh: name, old };
      const script = renamedText(events, database.name, target.database);
      await swapDatabases(exec, target, request, script, { ...session, onAway });
      tell(call, [lacking, await findKeysLeft(exec, target, old, session)]);
      return old;
    },
  };
}

async function undoSwap({ exec, target: written }: MysqlOptions, call: DriverCall): Promise<string> {
  const session = sessionOf(call, "restore");
  const target = await storedTarget(exec, written, session);
  const old = besideName(target.database, "old", call.backup);
  const undone = besideName(target.database, "undone", call.backup);
  await settleSwap(exec, target, session);
  const names = await listBesides(exec, target, session);
  if (!names.includes(old)) {
    const undoneName = names.includes(undone) ? `database ${undone}` : null;
    throw nothingToUndo({ backup: call.backup, old: `database ${old}`, undone: undoneName });
  }
  // A restore that died before its renaming leaves it.
  if (await isEmpty(exec, target, old, session)) {
    throw new SluiceError("BACKUP_UNKNOWN", `${old} holds no tables: backup ${call.backup} took nobody's place`, {
      hint: `what is in use is ${target.database}, as before; sluice db restore ${call.backup} tries it again`,
    });
  }
  await vacate(exec, target, { kind: "undone", name: undone, fresh: old, backup: call.backup }, session);
  await swapDatabases(exec, target, { live: target.database, fresh: old, old: undone }, "", session);
  tell(call, [await findKeysLeft(exec, target, undone, session)]);
  return undone;
}

function tell({ onFinding }: DriverCall, findings: readonly (Finding | null)[]): void {
  for (const finding of findings) if (finding) onFinding?.(finding);
}

function sampledIn({ tables }: Fingerprint): Sampling {
  const namesOf = (chosen: Fingerprint["tables"]) => chosen.map(({ name }) => name);
  return {
    names: namesOf(tables.filter(({ sampled }) => sampled)),
    histories: namesOf(tables.filter(({ history }) => history)),
  };
}
