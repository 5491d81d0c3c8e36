import type { ContainerExec } from "@sluice/core";
import type { DatabaseFacts } from "../model/manifest.ts";
import { conninfo } from "./dump.ts";
import { mayEnd } from "./may-end.ts";
import { type PsqlOptions, runSql } from "./psql.ts";
import { restoreFailure } from "./restore-failure.ts";
import { forgetSubscriptions } from "./subscriptions.ts";
import { libpqEnvironment, maintenance, type PostgresTarget, quoteName, quoteText } from "./target.ts";

/**
 * The statement that makes an empty database with the encoding and locale of another.
 *
 * @param tablespace that it lies in; default: that of the server
 */
export function createDatabaseSql(name: string, facts: DatabaseFacts, tablespace?: string): string {
  const { encoding, collate, ctype, provider, locale, icuRules } = facts;
  return [
    `create database ${quoteName(name)} template template0 encoding ${quoteText(encoding)}`,
    ...(collate === null ? [] : [`lc_collate ${quoteText(collate)}`]),
    ...(ctype === null ? [] : [`lc_ctype ${quoteText(ctype)}`]),
    ...(provider === "i" && locale !== null ? [`locale_provider icu icu_locale ${quoteText(locale)}`] : []),
    ...(icuRules === undefined ? [] : [`icu_rules ${quoteText(icuRules)}`]),
    ...(provider === "b" && locale !== null ? [`locale_provider builtin builtin_locale ${quoteText(locale)}`] : []),
    ...(tablespace === undefined ? [] : [`tablespace ${quoteName(tablespace)}`]),
  ].join(" ");
}

interface NewDatabase {
  readonly name: string;
  readonly facts: DatabaseFacts;
  readonly tablespace?: string | undefined;
}

/** Makes an empty database in the server of `target`, beside the one it names. @throws SluiceError */
export async function createDatabase(
  exec: ContainerExec,
  target: PostgresTarget,
  { name, facts, tablespace }: NewDatabase,
  options: PsqlOptions,
): Promise<PostgresTarget> {
  await runSql(exec, maintenance(target), `${createDatabaseSql(name, facts, tablespace)};`, options);
  return { ...target, database: name };
}

/** @param name of a database that was made by `createDatabase` */
export async function dropDatabase(
  exec: ContainerExec,
  target: PostgresTarget,
  name: string,
  options: PsqlOptions,
): Promise<void> {
  await forgetSubscriptions(exec, target, name, options);
  await runSql(exec, maintenance(target), dropDatabaseSql(name), options);
}

/** Two statements: who is in it and may be ended is sent away before. */
export function dropDatabaseSql(name: string): string {
  const end = `select pg_terminate_backend(pid) from pg_stat_activity where datname = ${quoteText(name)} and pid <> pg_backend_pid() and ${mayEnd};`;
  return `${end}\ndrop database if exists ${quoteName(name)};`;
}

export interface RestoreOptions extends PsqlOptions {
  /** A throw-away server has none of the live one's tablespaces. */
  readonly withTablespaces: boolean;
}

/**
 * Fills an empty database from an uncompressed dump; the first error ends it.
 *
 * @throws SluiceError RESTORE_FAILED, DISK_FULL, BACKUP_TRUNCATED, BACKUP_CORRUPT, BACKUP_WRONG_VERSION, BACKUP_ROLE_MISSING,
 * BACKUP_EXTENSION_MISSING, and whatever reading the dump throws
 */
export async function restoreDump(
  exec: ContainerExec,
  target: PostgresTarget,
  dump: AsyncIterable<Uint8Array>,
  { session, signal, withTablespaces }: RestoreOptions,
): Promise<void> {
  const placed = withTablespaces ? [] : ["--no-tablespaces"];
  const command = ["pg_restore", "--exit-on-error", "--no-password", ...placed, `--dbname=${conninfo(target)}`];
  const environment = libpqEnvironment(target, session);
  const ended = await exec.exec(target.container, command, { stdin: dump, environment, signal });
  if (ended.exitCode !== 0) throw restoreFailure("pg_restore", ended);
}
