import { type Clock, type ContainerExec, messageOf, type ThrowAwayContainers } from "@sluice/core";
import type { DatabaseDriver, DriverCall, RunningDump } from "../driver.ts";
import { besideName } from "../model/beside-name.ts";
import { besideTaken } from "../model/beside-taken.ts";
import { besidesLeft } from "../model/besides-left.ts";
import type { Fingerprint } from "../model/fingerprint.ts";
import { nothingToUndo } from "../model/nothing-to-undo.ts";
import { afterDrop } from "../process/after-drop.ts";
import { engineDisk, freeBytesIn, isOnOneFileSystem } from "../process/free-bytes.ts";
import { orDispose } from "../process/or-dispose.ts";
import { dumpGlobals, prepareDump, startDump } from "./dump.ts";
import type { Sampling } from "./fingerprint-sql.ts";
import { keepSettings, readSettings, settingsGone, settingsRefused } from "./kept-settings.ts";
import { findLeftSwap, mendSwap, readUnfinishedSwap } from "./mend-swap.ts";
import { createDatabase, dropDatabase, restoreDump } from "./new-database.ts";
import { probeIn, probePostgres } from "./probe.ts";
import { openSession, type PsqlOptions, runSql } from "./psql.ts";
import { readWriteStops, writesStopped } from "./read-only.ts";
import { longestTransaction } from "./rehearsal/longest-transaction.ts";
import { openRehearsalCopy } from "./rehearsal/rehearsal-copy.ts";
import { inLiveServer } from "./restore-failure.ts";
import { restoreRoles } from "./roles.ts";
import { mostWalBytes, startScratch } from "./scratch.ts";
import { readSlots, slotsLeft, slotsToLeave, withSlots } from "./slots.ts";
import { snapshotIn, takeFingerprint } from "./snapshot.ts";
import { readSubscriptions, subscriptionsLeft, subscriptionsToStop, withSubscriptions } from "./subscriptions.ts";
import { endOrphans, listBesides, settleSwaps, swapDatabases, undoSwap } from "./swap.ts";
import { assertNonePrepared, readObstacles, sessionsInTheWay } from "./swap-obstacles.ts";
import { readDirectories, readTablespace } from "./tablespace.ts";
import { type PostgresTarget, quoteName } from "./target.ts";

export interface PostgresOptions {
  readonly exec: ContainerExec;
  readonly throwAway: ThrowAwayContainers;
  readonly clock: Clock;
  readonly stack: string;
  readonly target: PostgresTarget;
  /** Of the throw-away server. */
  readonly scratchMemoryBytes: number;
  /** Of tables that are larger than this together with all smaller ones, one row in 64 is hashed. Default 100 MB. */
  readonly sampleAboveBytes?: number | undefined;
  /** Default: in the container, where it has what that needs; else in this process. */
  readonly compressIn?: "container" | "process" | undefined;
}

const defaultSampleAboveBytes = 100_000_000;
const scratchDatabase = "sluice_restored";

/** PostgreSQL 11 or newer, by `psql`, `pg_dump`, `pg_dumpall` and `pg_restore` of the server's own image. */
export function createPostgresDriver(options: PostgresOptions): DatabaseDriver {
  const { exec, throwAway, clock, stack, target } = options;
  const { user, superuser = user } = target;
  const of = ({ backup, signal }: DriverCall, what = "backup"): PsqlOptions => ({
    session: `${what}-${backup}`,
    signal,
  });
  const assertNotThere = async (kind: "old" | "undone", { backup }: DriverCall, session: PsqlOptions) => {
    const name = besideName(target.database, kind, backup);
    if (!(await listBesides(exec, target, session)).includes(name)) return;
    throw besideTaken(kind, { name: `database ${name}`, backup, drop: `drop database ${quoteName(name)}` });
  };
  const live = target.database;
  const readReplication = (options: PsqlOptions) =>
    Promise.all([readSlots(exec, target, options), readSubscriptions(exec, target, options)]);
  /** Without statistics, queries take ways that may be a thousand times as long. */
  const analyze = async (fresh: PostgresTarget, call: DriverCall) => {
    try {
      await runSql(exec, fresh, "set statement_timeout = 0; analyze;", of(call, "restore"));
    } catch (error) {
      call.signal?.throwIfAborted();
      const reason = messageOf(error);
      call.onFinding?.({
        severity: "warn",
        code: "no-statistics",
        message: `the restored database goes live without the planner's statistics, and queries may be slow: ${reason}`,
        hint: `docker exec ${target.container.slice(0, 12)} psql -U ${user} -d ${live} -c analyze`,
      });
    }
  };
  /** After the swap, which nothing that fails here may be taken for. */
  const tellOfSwap = async (aside: string, call: DriverCall) => {
    const { session } = of(call, "restore");
    const stops = readWriteStops(exec, target, { session }).catch(() => []);
    const [slots, subscriptions] = await readReplication({ session }).catch(() => [[], []] as const);
    const findings = [
      slotsLeft(live, aside, slots),
      subscriptionsLeft(live, aside, subscriptions),
      writesStopped(live, await stops),
    ];
    for (const finding of findings) if (finding) call.onFinding?.(finding);
  };
  /** In the same way: what belonged to the one that was live, and could not be given to the other. */
  const tellOfSettings = async (aside: string, call: DriverCall) => {
    const { session } = of(call, "restore");
    const read = (database: string) => readSettings(exec, { ...target, database }, live, { session });
    const [before, now] = await Promise.all([read(aside), read(live)]).catch(() => [[], []] as const);
    const finding = settingsRefused(target, aside, { before, now });
    if (finding) call.onFinding?.(finding);
  };
  return {
    kind: "postgres",
    database: live,
    // Not as what a backup does: the next one would end it.
    probe: (call) => probePostgres(exec, target, of(call, "compare")),
    async freeBytes(call) {
      const { own } = await readDirectories(exec, target, of(call, "compare"));
      return own === null ? null : freeBytesIn(exec, target.container, own, call.signal);
    },
    async mostLogBytes(call) {
      const { own, log } = await readDirectories(exec, target, of(call, "compare"));
      const sql = "select pg_size_bytes(current_setting('max_wal_size'));";
      const [most] = await runSql(exec, target, sql, of(call, "compare"));
      const isBeside =
        own === null || log === null || (await isOnOneFileSystem(exec, target.container, [own, log], call.signal));
      return isBeside ? Number(most) : 0;
    },
    scratchFreeBytes: ({ signal }) => freeBytesIn(exec, target.container, engineDisk, signal),
    mostScratchLogBytes: mostWalBytes,
    dump: (call) => dump(options, of(call)),
    async globals(call) {
      const roles = await dumpGlobals(exec, target, of(call));
      if (roles === null) return null;
      // Whoever may connect to this database alone has a backup all the same, and so has whoever may not read them.
      const settings = await readSettings(exec, target, live, of(call), target).catch(() => []);
      call.signal?.throwIfAborted();
      return keepSettings(roles, settings);
    },
    fingerprint: (like, call) => takeFingerprint(exec, target, sampledIn(like), of(call, "compare")),
    async scratch({ server, database }, image, call) {
      const { preload, locks } = server;
      const memoryBytes = options.scratchMemoryBytes;
      const request = { stack, image, superuser, preload, locks, memoryBytes };
      const running = await startScratch({ throwAway, exec, clock }, request, call.signal);
      const session = of(call, "verify");
      const inner = { ...running.target, database: scratchDatabase };
      try {
        const found = await probePostgres(exec, running.target, session);
        return {
          server: found.server,
          async restore({ dump, globals }) {
            await restoreRoles(exec, running.target, { script: globals, user }, session);
            await createDatabase(exec, inner, { name: scratchDatabase, facts: database }, session);
            await restoreDump(exec, inner, dump, { ...session, withTablespaces: false });
          },
          fingerprint: (like) => takeFingerprint(exec, inner, sampledIn(like), session),
          [Symbol.asyncDispose]: () => running[Symbol.asyncDispose](),
        };
      } catch (error) {
        await Promise.allSettled([running[Symbol.asyncDispose]()]);
        throw error;
      }
    },
    rehearsalCopy(manifest, image, call) {
      const { preload, locks } = manifest.server;
      const request = { stack, image, superuser, preload, locks, memoryBytes: options.scratchMemoryBytes };
      return openRehearsalCopy(
        { throwAway, exec, clock },
        { ...request, manifest, live: target },
        of(call, "rehearse"),
      );
    },
    longestTransaction: (call) => longestTransaction(exec, target, of(call, "rehearse")),
    async foreseeSwap(call) {
      const session = of(call, "restore");
      const [obstacles, [slots, subscriptions]] = await Promise.all([
        readObstacles(exec, target, session),
        readReplication(session),
      ]);
      assertNonePrepared(target, obstacles);
      return [
        ...slotsToLeave(live, slots),
        ...subscriptionsToStop(live, subscriptions),
        ...sessionsInTheWay(target, obstacles),
      ];
    },
    async foreseeGone({ id, database: { name } }, globals, call) {
      const now = await readSettings(exec, target, name, of(call, "restore"));
      const gone = settingsGone(globals, now, { id, name, live });
      return gone ? [gone] : [];
    },
    async restoreBeside(manifest, dump, call) {
      const session = of(call, "restore");
      const old = besideName(target.database, "old", call.backup);
      await assertNotThere("old", call, session);
      const name = besideName(target.database, "restore", call.backup);
      const drop = () => dropDatabase(exec, target, name, { session: session.session });
      // What an earlier attempt left.
      await drop();
      const tablespace = await readTablespace(exec, target, session);
      const fresh = await createDatabase(exec, target, { name, facts: manifest.database, tablespace }, session);
      try {
        await restoreDump(exec, fresh, dump, { ...session, withTablespaces: true });
      } catch (error) {
        const left = { name, dropSql: `drop database ${quoteName(name)}` };
        throw await afterDrop(inLiveServer(error, manifest), left, drop);
      }
      return {
        name,
        async drop() {
          // By it the next command finds a swap that the server's death ended.
          const unfinished = await readUnfinishedSwap(exec, target, { session: session.session });
          if (unfinished?.fresh !== name) await drop();
        },
        fingerprint: (like) => takeFingerprint(exec, fresh, sampledIn(like), session),
        async swap(onAway) {
          await analyze(fresh, call);
          await swapDatabases(exec, target, { fresh: name, old, onAway }, session);
          await tellOfSettings(old, call);
          await tellOfSwap(old, call);
          return old;
        },
      };
    },
    findLeft: (call) => findLeftSwap(exec, target, of(call, "compare")),
    async findBesides(call) {
      const names = await listBesides(exec, target, of(call, "compare"));
      const left = besidesLeft(live, names, (name) => `drop database ${quoteName(name)}`);
      if (left === null) return null;
      const [slots, subscriptions] = await readReplication(of(call, "compare"));
      return withSubscriptions(live, withSlots(live, left, slots), subscriptions);
    },
    async setAside(call) {
      const session = of(call, "compare");
      await settleSwaps(exec, target, session);
      const names = await listBesides(exec, target, session);
      return (["old", "undone"] as const).filter((kind) => names.includes(besideName(live, kind, call.backup)));
    },
    mend: (call) => mendSwap(exec, target, of(call, "mend")),
    async undoSwap(call) {
      const session = of(call, "restore");
      const old = besideName(target.database, "old", call.backup);
      const undone = besideName(target.database, "undone", call.backup);
      const names = await listBesides(exec, target, session);
      if (!names.includes(old)) {
        const undoneName = names.includes(undone) ? `database ${undone}` : null;
        throw nothingToUndo({ backup: call.backup, old: `database ${old}`, undone: undoneName });
      }
      await assertNotThere("undone", call, session);
      await undoSwap(exec, target, { old, undone }, session);
      await tellOfSwap(undone, call);
      return undone;
    },
  };
}

/** Each process in the container takes a while to start: there are as few as can be, and they start at the same time. */
async function dump(options: PostgresOptions, { session, signal }: PsqlOptions): Promise<RunningDump> {
  const { exec, target, compressIn, sampleAboveBytes = defaultSampleAboveBytes } = options;
  return orDispose(prepareDump(exec, target, { session, compressIn, signal }), async (prepared) =>
    orDispose(await openSession(exec, target, { session, signal }), async (connection) => {
      const live = await probeIn(connection);
      await endOrphans(connection);
      // What it counts goes on beside the dump, and takes one processor at most from it and from the application.
      await connection.query("set max_parallel_workers_per_gather = 0;");
      const snapshot = await snapshotIn(connection);
      const running = await startDump(prepared, snapshot.name);
      const { bytes, isBegun } = noteBeginning(running.bytes);
      const release = () => snapshot[Symbol.asyncDispose]();
      return {
        live,
        bytes,
        rawBytes: () => running.rawBytes(),
        async fingerprint() {
          const content = await snapshot.fingerprint({ aboveBytes: sampleAboveBytes });
          // The dump has a transaction of its own from then on, and nobody waits for the end of this one.
          void isBegun.then(release).catch(() => undefined);
          return content;
        },
        async [Symbol.asyncDispose]() {
          await running[Symbol.asyncDispose]();
          await release();
        },
      };
    }),
  );
}

/** `isBegun` resolves with the first bytes, and never where there are none. */
function noteBeginning(source: AsyncIterable<Uint8Array>): {
  readonly bytes: AsyncIterable<Uint8Array>;
  readonly isBegun: Promise<void>;
} {
  let begin: () => void = () => undefined;
  const isBegun = new Promise<void>((resolve) => (begin = resolve));
  async function* bytes(): AsyncGenerator<Uint8Array> {
    for await (const chunk of source) {
      begin();
      yield chunk;
    }
  }
  return { bytes: bytes(), isBegun };
}

function sampledIn({ tables }: Fingerprint): Sampling {
  return { names: tables.filter(({ sampled }) => sampled).map(({ name }) => name) };
}
