import { type ContainerExec, SluiceError } from "@sluice/core";
import { reasonOf } from "../process/reason-of.ts";
import { type ClientOptions, runSql } from "./client.ts";
import { readPrograms } from "./programs.ts";
import { type SwapRequest, swapSql, unswapSql } from "./swap-sql.ts";
import {
  clientCommand,
  clientEnvironment,
  fromHex,
  type MysqlTarget,
  maintenance,
  quoteName,
  quoteText,
} from "./target.ts";

/** The script lies in the container: once its client reads it, it is done or given up even if whoever sent it dies. */
const scriptFile = "/tmp/sluice-swap.sql";

/**
 * Swaps `fresh` into the place of `live`, whose tables go into the new database `old`. Sessions in `live` are ended.
 *
 * @param events a script of events that belong to `fresh` and are not in it
 * @throws SluiceError RESTORE_FAILED; then the live database is in its place, and whole
 */
export async function swapDatabases(
  exec: ContainerExec,
  target: MysqlTarget,
  request: SwapRequest,
  events: string,
  options: ClientOptions,
): Promise<void> {
  const { live, fresh, old } = request;
  const server = maintenance(target);
  await assertNobodyRefers(exec, target, live, options);
  const programs = {
    live: await readPrograms(exec, target, live, options),
    fresh: await readPrograms(exec, target, fresh, options),
    events,
  };
  const [scheduler = "OFF"] = await runSql(exec, server, "select @@global.event_scheduler;", options);
  const create = `select concat('create database ${quoteName(old)} character set ', default_character_set_name, ' collate ', default_collation_name)
    from information_schema.schemata where schema_name = ${quoteText(live)};`;
  const [statement = ""] = await runSql(exec, server, create, options);
  await runSql(exec, server, `${statement};`, options);
  // From here on under no signal: the application waits for it.
  const unstoppable = { session: options.session };
  try {
    options.signal?.throwIfAborted();
    await endSessions(exec, target, live, unstoppable);
    await runScript(exec, server, swapSql(request, programs), unstoppable);
    await runSql(exec, server, `drop database ${quoteName(fresh)};`, unstoppable);
  } catch (cause) {
    const now = {
      live: await readPrograms(exec, target, live, unstoppable),
      fresh: await readPrograms(exec, target, fresh, unstoppable),
      old: await readPrograms(exec, target, old, unstoppable),
    };
    await runScript(exec, server, unswapSql(request, programs, now), unstoppable);
    throw new SluiceError("RESTORE_FAILED", `the databases could not be swapped: ${(cause as Error).message}`, {
      hint: `${live} is the one it was; see the log of the database's container`,
      cause,
    });
  } finally {
    // DISABLED cannot be changed while a server runs.
    const set = `set global event_scheduler = ${scheduler};`;
    if (/^(?:ON|1)$/i.test(scheduler)) await runSql(exec, server, set, unstoppable).catch(() => undefined);
  }
}

/** Foreign keys of other databases would follow the tables that are set aside. */
async function assertNobodyRefers(
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

async function endSessions(
  exec: ContainerExec,
  target: MysqlTarget,
  database: string,
  options: ClientOptions,
): Promise<void> {
  const sql = `select concat('kill ', id, ';') from information_schema.processlist
    where db = ${quoteText(database)} and id <> connection_id();`;
  const kills = await runSql(exec, maintenance(target), sql, options);
  if (kills.length === 0) return;
  // Some end by themselves before it is their turn.
  await exec.exec(target.container, clientCommand(maintenance(target), ["--force"]), {
    stdin: `${kills.join("\n")}\n`,
    environment: clientEnvironment(target, options.session),
  });
}

async function runScript(
  exec: ContainerExec,
  server: MysqlTarget,
  script: string,
  { session }: ClientOptions,
): Promise<void> {
  const { container } = server;
  // Not by `putFiles`, which does not reach a /tmp in memory.
  const put = await exec.exec(container, ["sh", "-c", `umask 077 && cat > ${scriptFile}`], { stdin: script });
  if (put.exitCode !== 0)
    throw new SluiceError("RESTORE_FAILED", `${scriptFile} cannot be written: ${put.stderr.trim()}`);
  try {
    const command = ["sh", "-c", `exec "$@" < ${scriptFile}`, "sh", ...clientCommand(server)];
    const ended = await exec.exec(container, command, { environment: clientEnvironment(server, session) });
    if (ended.exitCode !== 0) {
      throw new SluiceError("RESTORE_FAILED", reasonOf(ended.stderr) ?? `exit code ${ended.exitCode}`, {
        detail: ended.stderr.trim(),
      });
    }
  } finally {
    await exec.exec(container, ["rm", "-f", scriptFile]).catch(() => undefined);
  }
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
