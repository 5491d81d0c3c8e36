import { type Clock, type ContainerExec, SluiceError, type ThrowAwayContainers } from "@sluice/core";
import type { DatabaseDriver, DriverCall } from "../driver.ts";
import { besideName } from "../model/beside-name.ts";
import type { Fingerprint } from "../model/fingerprint.ts";
import { makePipe } from "../process/compressed-output.ts";
import { endMarkedProcesses, sessionVariable } from "../process/end-orphans.ts";
import { dumpGlobals, startDump } from "./dump.ts";
import type { Sampling } from "./fingerprint-sql.ts";
import { createDatabase, dropDatabase, restoreDump } from "./new-database.ts";
import { probePostgres } from "./probe.ts";
import type { PsqlOptions } from "./psql.ts";
import { longestTransaction } from "./rehearsal/longest-transaction.ts";
import { openRehearsalCopy } from "./rehearsal/rehearsal-copy.ts";
import { restoreRoles } from "./roles.ts";
import { startScratch } from "./scratch.ts";
import { openSnapshot, takeFingerprint } from "./snapshot.ts";
import { endOrphans, listBesides, swapDatabases, undoSwap } from "./swap.ts";
import type { PostgresTarget } from "./target.ts";

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
  const of = ({ backup, signal }: DriverCall, what = "backup"): PsqlOptions => ({
    session: `${what}-${backup}`,
    signal,
  });
  const assertNotThere = async (name: string, session: PsqlOptions) => {
    if (!(await listBesides(exec, target, session)).includes(name)) return;
    throw new SluiceError(
      "RESTORE_FAILED",
      `database ${name} is there already, from an earlier restore of this backup`,
      {
        hint: `look whether anybody needs it, then drop it: drop database "${name}"`,
      },
    );
  };
  return {
    kind: "postgres",
    probe: (call) => probePostgres(exec, target, of(call)),
    async endOrphans(call) {
      const session = of(call);
      const processes = endMarkedProcesses(exec, target.container, [sessionVariable, session.session], call.signal);
      const [sessions] = await Promise.all([endOrphans(exec, target, session), processes]);
      return sessions;
    },
    async dump(call) {
      const session = of(call);
      const inContainer = options.compressIn !== "process";
      const pipe = inContainer ? makePipe(exec, target.container, call.signal) : Promise.resolve(false);
      pipe.catch(() => undefined);
      const snapshot = await openSnapshot(exec, target, session);
      try {
        const dump = await startDump(exec, target, { ...session, snapshot: snapshot.name, isThere: await pipe });
        return {
          bytes: dump.bytes,
          rawBytes: () => dump.rawBytes(),
          fingerprint: () => snapshot.fingerprint({ aboveBytes: options.sampleAboveBytes ?? defaultSampleAboveBytes }),
          async [Symbol.asyncDispose]() {
            await dump[Symbol.asyncDispose]();
            await snapshot[Symbol.asyncDispose]();
          },
        };
      } catch (error) {
        await snapshot[Symbol.asyncDispose]();
        throw error;
      }
    },
    globals: (call) => dumpGlobals(exec, target, of(call)),
    fingerprint: (like, call) => takeFingerprint(exec, target, sampledIn(like), of(call)),
    async scratch({ server, database }, image, call) {
      const { preload } = server;
      const memoryBytes = options.scratchMemoryBytes;
      const request = { stack, image, user: target.user, preload, memoryBytes };
      const running = await startScratch({ throwAway, exec, clock }, request, call.signal);
      const session = of(call, "verify");
      const inner = { ...running.target, database: scratchDatabase };
      try {
        const found = await probePostgres(exec, running.target, session);
        return {
          server: found.server,
          async restore({ dump, globals }) {
            if (globals !== null) await restoreRoles(exec, running.target, globals, session);
            await createDatabase(exec, inner, { name: scratchDatabase, facts: database }, session);
            await restoreDump(exec, inner, dump, { ...session, withTablespaces: false });
          },
          fingerprint: (like) => takeFingerprint(exec, inner, sampledIn(like), session),
          [Symbol.asyncDispose]: () => running[Symbol.asyncDispose](),
        };
      } catch (error) {
        await running[Symbol.asyncDispose]();
        throw error;
      }
    },
    rehearsalCopy(manifest, image, call) {
      const { preload } = manifest.server;
      const request = { stack, image, user: target.user, preload, memoryBytes: options.scratchMemoryBytes };
      return openRehearsalCopy(
        { throwAway, exec, clock },
        { ...request, manifest, live: target },
        of(call, "rehearse"),
      );
    },
    longestTransaction: (call) => longestTransaction(exec, target, of(call, "rehearse")),
    async restoreBeside({ database }, dump, call) {
      const session = of(call, "restore");
      const old = besideName(target.database, "old", call.backup);
      await assertNotThere(old, session);
      const name = besideName(target.database, "restore", call.backup);
      const drop = () => dropDatabase(exec, target, name, { session: session.session });
      // What an earlier attempt left.
      await drop();
      const fresh = await createDatabase(exec, target, { name, facts: database }, session);
      try {
        await restoreDump(exec, fresh, dump, { ...session, withTablespaces: true });
      } catch (error) {
        await drop();
        throw error;
      }
      return {
        name,
        drop,
        fingerprint: (like) => takeFingerprint(exec, fresh, sampledIn(like), session),
        async swap() {
          await swapDatabases(exec, target, { fresh: name, old }, session);
          return old;
        },
      };
    },
    async undoSwap(call) {
      const session = of(call, "restore");
      const old = besideName(target.database, "old", call.backup);
      const undone = besideName(target.database, "undone", call.backup);
      if (!(await listBesides(exec, target, session)).includes(old)) {
        throw new SluiceError(
          "BACKUP_UNKNOWN",
          `there is no database ${old}: backup ${call.backup} took nobody's place`,
          {
            hint: "sluice db list shows the backups; a database that was dropped cannot be put back",
          },
        );
      }
      await assertNotThere(undone, session);
      await undoSwap(exec, target, { old, undone }, session);
      return undone;
    },
  };
}

function sampledIn({ tables }: Fingerprint): Sampling {
  return { names: tables.filter(({ sampled }) => sampled).map(({ name }) => name) };
}
