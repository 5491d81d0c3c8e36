import { type ContainerExec, SluiceError } from "@sluice/core";
import { type ClientOptions, runSql } from "./client.ts";
import { readPrograms } from "./programs.ts";
import { endSessions, endSwap, putScripts, runScripts } from "./swap-client.ts";
import { createSql, type SwapPrograms, type SwapRequest, swapScripts, unswapScripts } from "./swap-sql.ts";
import { fromHex, type MysqlTarget, maintenance, quoteName, quoteText } from "./target.ts";

/**
 * Swaps `fresh` into the place of `live`, whose tables go into the new database `old`. Sessions in `live` are ended.
 *
 * @param events a script of events that belong to `fresh` and are not in it
 * @param options `onAway` is called before the first session is ended
 * @throws SluiceError RESTORE_FAILED; then the live database is in its place, and whole, unless the error is
 * `undecided`; and no database that holds tables was dropped
 */
export async function swapDatabases(
  exec: ContainerExec,
  target: MysqlTarget,
  request: SwapRequest,
  events: string,
  options: ClientOptions & { readonly onAway?: (() => void) | undefined },
): Promise<void> {
  const { live, fresh, old } = request;
  const server = maintenance(target);
  await assertNobodyRefers(exec, target, live, options);
  const [scheduler = ""] = await runSql(exec, server, "select @@global.event_scheduler;", options);
  const programs = {
    live: await readPrograms(exec, target, live, options),
    fresh: await readPrograms(exec, target, fresh, options),
    events,
    // DISABLED cannot be changed while a server runs.
    scheduled: /^(?:ON|1)$/i.test(scheduler),
  };
  const { scheduled } = programs;
  await putScripts(exec, target, swapScripts(request, programs), { live, fresh, old, scheduled, undoes: false });
  await runSql(exec, server, createSql(old, programs.live.characterSet), options);
  // From here on under no signal: the application waits for it.
  const unstoppable = { session: options.session };
  try {
    options.signal?.throwIfAborted();
    options.onAway?.();
    await endSessions(exec, target, [live], unstoppable);
    await runScripts(exec, target, request, { scheduled, undoes: false }, unstoppable);
  } catch (cause) {
    await takeBack(exec, target, request, programs, { cause, ...unstoppable });
    throw new SluiceError("RESTORE_FAILED", `the databases could not be swapped: ${(cause as Error).message}`, {
      hint: `${live} is the one it was; see the log of the database's container`,
      cause,
    });
  }
  // An empty one harms nobody.
  await dropEmpty(exec, target, fresh, unstoppable).catch(() => undefined);
}

/** @throws SluiceError RESTORE_FAILED, `undecided`: it is not known what the databases are now */
async function takeBack(
  exec: ContainerExec,
  target: MysqlTarget,
  request: SwapRequest,
  programs: SwapPrograms,
  options: ClientOptions & { readonly cause: unknown },
): Promise<void> {
  const { live, fresh, old } = request;
  try {
    // What has not answered may go on, and nothing that is read meanwhile holds.
    await endSwap(exec, target, request, options);
    const now = {
      live: await readPrograms(exec, target, live, options),
      fresh: await readPrograms(exec, target, fresh, options),
      old: await readPrograms(exec, target, old, options),
    };
    const note = { live, fresh, old, scheduled: programs.scheduled, undoes: true };
    await putScripts(exec, target, unswapScripts(request, programs, now), note);
    await runScripts(exec, target, request, note, options);
    await dropEmpty(exec, target, old, options);
  } catch (error) {
    // Whoever would have done it may have been ended.
    if (programs.scheduled) {
      await runSql(exec, maintenance(target), "set global event_scheduler = on;", options).catch(() => undefined);
    }
    const [failed, why] = [options.cause, error].map((one) => (one as Error).message);
    throw new SluiceError(
      "RESTORE_FAILED",
      `the databases could not be swapped: ${failed}; and it is not known whether that is taken back: ${why}`,
      {
        hint: `the tables that were in use are in ${live} or in ${old}: drop neither before you have looked; views, triggers, routines and events of ${live} may be missing, which the next sluice db backup makes anew where its tables are back (sluice doctor says so); see the log of the database's container`,
        undecided: true,
        cause: error,
      },
    );
  }
}

/** @throws SluiceError RESTORE_FAILED where it holds tables */
async function dropEmpty(
  exec: ContainerExec,
  target: MysqlTarget,
  database: string,
  options: ClientOptions,
): Promise<void> {
  if (!(await isEmpty(exec, target, database, options))) {
    throw new SluiceError("RESTORE_FAILED", `database ${database} holds tables`);
  }
  await runSql(exec, maintenance(target), `drop database ${quoteName(database)};`, options);
}

/** Whether a database holds no tables. */
export async function isEmpty(
  exec: ContainerExec,
  target: MysqlTarget,
  database: string,
  options: ClientOptions,
): Promise<boolean> {
  const sql = `select count(*) from information_schema.tables
    where table_schema = ${quoteText(database)} and table_type <> 'VIEW';`;
  const [tables] = await runSql(exec, maintenance(target), sql, options);
  return tables === "0";
}

/**
 * Foreign keys of other databases would follow the tables that are set aside.
 *
 * @throws SluiceError RESTORE_FAILED with the names of those databases
 */
export async function assertNobodyRefers(
  exec: ContainerExec,
  target: MysqlTarget,
  live: string,
  options: ClientOptions,
): Promise<void> {
  const sql = `select distinct hex(constraint_schema) from information_schema.referential_constraints
    where unique_constraint_schema = ${quoteText(live)} and constraint_schema <> ${quoteText(live)};`;
  const others = (await runSql(exec, maintenance(target), sql, options)).map(fromHex);
  if (others.length === 0) return;
  throw new SluiceError("RESTORE_FAILED", `foreign keys of ${others.join(", ")} refer to tables of ${live}`, {
    hint: "tables that others refer to cannot be swapped: restore the backup by hand, or drop those keys first",
  });
}

/** Names of databases beside the target's that restores made. */
export async function listBesides(
  exec: ContainerExec,
  target: MysqlTarget,
  options: ClientOptions,
): Promise<readonly string[]> {
  const sql = `select hex(schema_name) from information_schema.schemata
    where schema_name regexp '__(restore|old|undone)_[0-9]{8}t[0-9]{6}z_[a-z0-9]+$' order by 1;`;
  return (await runSql(exec, maintenance(target), sql, options)).map(fromHex);
}
