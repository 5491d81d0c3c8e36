import type { ContainerExec } from "@sluice/core";
import { SluiceError } from "@sluice/core";
import { adoptAllowedSql } from "./adopt-sql.ts";
import { type PsqlOptions, type PsqlSession, runSql } from "./psql.ts";
import { assertNonePrepared, readObstacles } from "./swap-obstacles.ts";
import { openSql, settleSql, swapSql } from "./swap-sql.ts";
import { maintenance, type PostgresTarget, quoteText } from "./target.ts";

/**
 * Swaps `fresh` into the place of the target's database. Once that has begun, no signal ends it.
 *
 * @param names `old` must not be there yet
 * @throws SluiceError RESTORE_FAILED; then the live database is in its place and takes connections, unless the error is
 * `undecided`
 */
export async function swapDatabases(
  exec: ContainerExec,
  target: PostgresTarget,
  names: SwapNames,
  options: PsqlOptions,
): Promise<void> {
  await runSql(exec, maintenance(target), adoptAllowedSql(target.database, names.fresh), options);
  await rename(exec, target, names, options);
}

interface SwapNames {
  readonly fresh: string;
  readonly old: string;
  /** Called when nobody can connect any more. */
  readonly onAway?: (() => void) | undefined;
}

/**
 * Puts `old` back into its place; what had taken it is called `undone`, which must not be there yet.
 *
 * @throws SluiceError as `swapDatabases`
 */
export async function undoSwap(
  exec: ContainerExec,
  target: PostgresTarget,
  { old, undone }: { readonly old: string; readonly undone: string },
  options: PsqlOptions,
): Promise<void> {
  await rename(exec, target, { fresh: old, old: undone }, options);
}

async function rename(
  exec: ContainerExec,
  target: PostgresTarget,
  names: SwapNames,
  options: PsqlOptions,
): Promise<void> {
  const { session, signal } = options;
  const { database: live, container, user } = target;
  const { fresh, old, onAway } = names;
  signal?.throwIfAborted();
  // Before anybody is sent away.
  assertNonePrepared(target, await readObstacles(exec, target, options));
  signal?.throwIfAborted();
  onAway?.();
  try {
    // Under no signal: the server would go on with it, and the application waits for it.
    await runSql(exec, maintenance(target), swapSql(live, fresh, old), { session });
  } catch (cause) {
    const failed = `the databases could not be swapped: ${(cause as Error).message}`;
    const isDone = await settle(exec, target, old, { session }).catch((error: Error) => {
      const look = `docker exec ${container.slice(0, 12)} psql -U ${user} -d ${maintenance(target).database} -c "select datname, datallowconn from pg_database"`;
      throw new SluiceError("RESTORE_FAILED", `${failed}; and it is not known whether they were: ${error.message}`, {
        hint: `drop none of ${live}, ${fresh} and ${old} before you have looked: if ${old} is there, it holds what was in use, else ${live} does (${look}); where nobody can connect to ${live}, the next sluice db backup puts that right`,
        undecided: true,
        cause: error,
      });
    });
    if (isDone) return;
    throw new SluiceError("RESTORE_FAILED", failed, {
      hint: `${live} is the one it was; see the log of the database's container`,
      cause,
    });
  }
}

/**
 * Waits until nothing of a swap goes on, and opens the live database where it did not take place. Whether it did.
 *
 * @throws SluiceError RESTORE_FAILED, BACKUP_FAILED, DATABASE_UNREACHABLE, EXEC_FAILED; then that is not known, or it is not open
 */
async function settle(
  exec: ContainerExec,
  target: PostgresTarget,
  old: string,
  options: PsqlOptions,
): Promise<boolean> {
  const { database: live } = target;
  const names = `select datname from pg_database where datname in (${[live, old].map(quoteText).join(", ")});`;
  const found = await runSql(exec, maintenance(target), `${settleSql}\n${names}`, options);
  if (!found.includes(live)) throw new SluiceError("RESTORE_FAILED", `there is no database ${live}`);
  if (found.includes(old)) return true;
  await runSql(exec, maintenance(target), openSql(live), options);
  return false;
}

/** Waits until no swap goes on in the server: one whose client is dead does. @throws SluiceError as `settle` */
export async function settleSwaps(exec: ContainerExec, target: PostgresTarget, options: PsqlOptions): Promise<void> {
  await runSql(exec, maintenance(target), settleSql, options);
}

/** Names of databases beside the target's that restores made. */
export async function listBesides(
  exec: ContainerExec,
  target: PostgresTarget,
  options: PsqlOptions,
): Promise<readonly string[]> {
  const sql = `select datname from pg_database where datname ~ '__(restore|old|undone)_[0-9]{8}t[0-9]{6}z_[a-z0-9]+$' order by 1;`;
  return runSql(exec, maintenance(target), sql, options);
}

/** Ends sessions of ours that a dead run left: the dump, or whoever holds its snapshot. Those of this run are of its own name. */
export async function endOrphans(session: PsqlSession): Promise<number> {
  const sql = `select pg_terminate_backend(pid) from pg_stat_activity
    where application_name like 'sluice-backup-%' and application_name <> current_setting('application_name');`;
  return (await session.query(sql)).length;
}
