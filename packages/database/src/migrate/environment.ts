import { sessionPrefix } from "../postgres/target.ts";
import type { MigrationSettings } from "./settings.ts";

/** Prefix of the names under which the server shows sessions of migrations that we let run. */
export const migrationPrefix = `${sessionPrefix}migration-`;

/** The name of the sessions of one run, where the driver takes it from the environment. */
export function migrationName(run: string): string {
  return `${migrationPrefix}${run}`;
}

/**
 * What a migration's environment must hold beside what is written there: a name that its sessions are known by, and
 * timeouts. libpq and what is built on it (psql, psycopg, Ruby's pg, PDO), node-postgres, lib/pq and Npgsql take both;
 * others (JDBC, Prisma, postgres.js, asyncpg) take less or nothing, and a pooler may refuse options. Options that are
 * written come last and win.
 */
export function postgresMigrationEnvironment(
  written: Readonly<Record<string, string | null>>,
  run: string,
  { inject, profile, lockTimeoutMs, statementTimeoutMs }: MigrationSettings,
): Readonly<Record<string, string>> {
  const name = { PGAPPNAME: migrationName(run) };
  if (!inject) return name;
  const options = [
    ...(profile === "ordinary" ? [`-c lock_timeout=${lockTimeoutMs}ms`] : []),
    `-c statement_timeout=${statementTimeoutMs}ms`,
    ...(written["PGOPTIONS"] ? [written["PGOPTIONS"]] : []),
  ];
  return { ...name, PGOPTIONS: options.join(" ") };
}
