import type { ContainerExec } from "@sluice/core";
import type { LeftBehind } from "../driver.ts";
import { type PsqlOptions, runSql } from "./psql.ts";
import { leftSql, openSql, settleSql } from "./swap-sql.ts";
import { maintenance, type PostgresTarget, quoteName } from "./target.ts";

/** A swap that has closed the live database and not renamed it. */
export interface UnfinishedSwap {
  /** Was to take the place. */
  readonly fresh: string;
  /** A session in the server is at it. */
  readonly goesOn: boolean;
}

/** `null` where there is none. @throws SluiceError DATABASE_UNREACHABLE, BACKUP_FAILED, EXEC_FAILED */
export async function readUnfinishedSwap(
  exec: ContainerExec,
  target: PostgresTarget,
  options: PsqlOptions,
): Promise<UnfinishedSwap | null> {
  const [found] = await runSql(exec, maintenance(target), leftSql(target.database), options);
  return found === undefined ? null : { fresh: found.slice(1), goesOn: found.startsWith("t") };
}

/**
 * What the server's death in a swap has left, for people; `null` where nothing is.
 *
 * @throws SluiceError DATABASE_UNREACHABLE, BACKUP_FAILED, EXEC_FAILED
 */
export async function findLeftSwap(
  exec: ContainerExec,
  target: PostgresTarget,
  options: PsqlOptions,
): Promise<LeftBehind | null> {
  if (await takesConnections(exec, target, options)) return null;
  const left = await readUnfinishedSwap(exec, target, options);
  if (!left || left.goesOn) return null;
  const { database: live, container, user } = target;
  const command = `docker exec ${container.slice(0, 12)} psql -U ${user} -d ${maintenance(target).database} -c 'alter database ${quoteName(live)} with allow_connections true'`;
  return {
    what: `putting ${left.fresh} in the place of database ${live} ended in its middle, and nobody can connect to ${live} since`,
    why: `the application is locked out; ${live} is the one it was`,
    mend: `the next sluice db backup or db restore puts it right; or ${command}`,
  };
}

/**
 * Gives up what the server's death in a swap has left: the live database takes connections again. Waits while a session in the
 * server goes on with it.
 *
 * @returns what was found and done, for people; `null` for nothing
 * @throws SluiceError DATABASE_UNREACHABLE, BACKUP_FAILED, EXEC_FAILED; then it is left for the next one
 */
export async function mendSwap(
  exec: ContainerExec,
  target: PostgresTarget,
  options: PsqlOptions,
): Promise<string | null> {
  if (await takesConnections(exec, target, options)) return null;
  await runSql(exec, maintenance(target), settleSql, options);
  const left = await readUnfinishedSwap(exec, target, options);
  if (!left) return null;
  const { database: live } = target;
  await runSql(exec, maintenance(target), openSql(live), options);
  return `putting ${left.fresh} in the place of database ${live} had ended in its middle, and is given up: ${live} is the one it was, and takes connections again`;
}

/** Who may connect to the database alone is asked for nothing more as long as nothing is wrong with it. */
async function takesConnections(exec: ContainerExec, target: PostgresTarget, options: PsqlOptions): Promise<boolean> {
  return runSql(exec, target, "select 1;", options).then(
    () => true,
    () => false,
  );
}
