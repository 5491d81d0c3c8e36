import { type ContainerExec, isSluiceError, SluiceError } from "@sluice/core";
import * as z from "zod";
import { mayEnd } from "../postgres/may-end.ts";
import { openSession, type PsqlSession } from "../postgres/psql.ts";
import { type PostgresTarget, quoteText } from "../postgres/target.ts";
import { readConnections } from "../process/connections.ts";
import { openLasting } from "../process/lasting-session.ts";
import { activitySql, parsePrepared, parseSessions, preparedSql } from "./activity.ts";
import { migrationName, migrationPrefix } from "./environment.ts";
import { leftSessions } from "./left-sessions.ts";
import type { LockHolder, MigrationServer } from "./migration-server.ts";
import { clientsSql, parseClients } from "./postgres-clients.ts";
import { countRowsSql, schemaSql } from "./schema-sql.ts";

/** Two numbers that no tool uses: a lock of ours must not meet the one that a migration tool takes itself. */
const [lockClass, lockObject] = [1_397_508_931, 1];

/** Nothing of the database's or the user's own settings may end or hold up the session that holds the lock. */
const settings = `set statement_timeout = '30s'; set lock_timeout = '5s'; set search_path = ''; set timezone = 'UTC';
set idle_in_transaction_session_timeout = 0;
select set_config(name, '0', false) from pg_settings where name = 'idle_session_timeout';`;

const holderSchema = z.lazy(() => z.object({ pid: z.int(), name: z.string(), since: z.string() }));

const lockSql = `
select json_build_object('locked', pg_try_advisory_lock(${lockClass}, ${lockObject}));
select json_build_object('pid', a.pid, 'name', a.application_name, 'since', to_char(a.backend_start at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'))
from pg_locks l join pg_stat_activity a using (pid)
where l.locktype = 'advisory' and l.granted and l.classid = ${lockClass} and l.objid = ${lockObject}
  and l.database = (select oid from pg_database where datname = current_database());`;

/**
 * Opens the session of a run. The lock that it takes belongs to the database: whoever migrates it, from whichever machine
 * and shell, meets it.
 *
 * @param run id of the run: what its session is named after
 * @param signal ends it at once while it is opened. Then what is aborted still has to end under the lock: only where the server takes 10 s
 * for an answer that is asked for, or awaited, when it has aborted does the session end
 * @throws SluiceError DATABASE_UNREACHABLE; the signal's reason
 */
export async function openPostgresMigrationServer(
  exec: ContainerExec,
  target: PostgresTarget,
  run: string,
  signal?: AbortSignal,
): Promise<MigrationServer> {
  const open = (until: AbortSignal) => openSession(exec, target, { session: `migrate-${run}`, signal: until });
  const session = await openLasting(open, settings, signal).catch((error: unknown) => {
    throw migrationError(error);
  });
  return serverOver(session, () => readConnections(exec, target.container, signal));
}

/** What went wrong was no backup. */
function migrationError(error: unknown): unknown {
  if (!isSluiceError(error) || error.code !== "BACKUP_FAILED") return error;
  const { message, detail } = error;
  return new SluiceError("MIGRATION_FAILED", message, { detail, cause: error });
}

function serverOver(psql: PsqlSession, connections: () => ReturnType<typeof readConnections>): MigrationServer {
  const session = {
    query: (sql: string) =>
      psql.query(sql).catch((error: unknown) => {
        throw migrationError(error);
      }),
  };
  return {
    async tryLock() {
      const [locked = "{}", holder] = await session.query(lockSql);
      if ((JSON.parse(locked) as { locked?: unknown }).locked === true) return null;
      // It may have let go of it in between: then the next try has it.
      return holder === undefined ? gone : holderSchema.parse(JSON.parse(holder));
    },
    sessions: async () => parseSessions(await session.query(activitySql)),
    prepared: async () => parsePrepared(await session.query(preparedSql)),
    async schema() {
      const [hash = "", ...invalidIndexes] = await session.query(schemaSql);
      return { hash, invalidIndexes };
    },
    async countRows() {
      const lines = await session.query(countRowsSql);
      return lines.map((line) => rowsSchema.parse(JSON.parse(line)));
    },
    async end(sessions, how) {
      if (sessions.length === 0) return;
      // Asking for more than one may would end our own session, and with it the lock.
      const named = sessions.map(({ pid, started }) => `(${pid}, ${quoteText(started)})`).join(", ");
      const verb = how === "cancel" ? "pg_cancel_backend" : "pg_terminate_backend";
      await session.query(
        `select ${verb}(pid) from pg_stat_activity where (pid, backend_start::text) in (values ${named}) and ${mayEnd};`,
      );
    },
    async endMigrations(run) {
      const which =
        run === undefined
          ? `left(application_name, ${migrationPrefix.length}) = ${quoteText(migrationPrefix)}`
          : `application_name = ${quoteText(migrationName(run))}`;
      const ended = await session.query(
        `select pg_terminate_backend(pid) from pg_stat_activity where ${which} and datname = current_database() and ${mayEnd};`,
      );
      return ended.length;
    },
    left: (addresses) => ({
      async look() {
        const { port, sessions } = parseClients(await session.query(clientsSql));
        // After the sessions: what has ended in between is no session that is left.
        return leftSessions(sessions, await connections(), port, addresses);
      },
      async end(pids) {
        const which = `pid in (${pids.join(", ")}) and ${mayEnd}`;
        await session.query(`select pg_terminate_backend(pid) from pg_stat_activity where ${which};`);
      },
    }),
    [Symbol.asyncDispose]: () => psql[Symbol.asyncDispose](),
  };
}

const rowsSchema = z.lazy(() => z.object({ name: z.string(), rows: z.int() }));
const gone: LockHolder = { pid: 0, name: "", since: "" };
