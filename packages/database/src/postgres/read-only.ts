import type { ContainerExec, Finding } from "@sluice/core";
import { type PsqlOptions, runSql } from "./psql.ts";
import { maintenance, type PostgresTarget, quoteText } from "./target.ts";

/** Statements that take back what keeps a database's sessions from writing. @throws SluiceError */
export async function readWriteStops(
  exec: ContainerExec,
  target: PostgresTarget,
  options: PsqlOptions,
): Promise<readonly string[]> {
  // What is set of one role in it is as it is meant to be: a role that only reads.
  const sql = `select format('alter database %I reset default_transaction_read_only', d.datname)
    from pg_db_role_setting s join pg_database d on d.oid = s.setdatabase, unnest(s.setconfig) setting
    where d.datname = ${quoteText(target.database)} and s.setrole = 0
      and case split_part(setting, '=', 1) when 'default_transaction_read_only' then split_part(setting, '=', 2)::bool end;`;
  return runSql(exec, maintenance(target), sql, options);
}

/** What a swap, or its undo, has put in place takes no writes either; `null` where it does. Pure. */
export function writesStopped(live: string, stops: readonly string[]): Finding | null {
  if (stops.length === 0) return null;
  return {
    severity: "warn",
    code: "writes-stopped",
    message: `${live} takes no writes: default_transaction_read_only is on in the settings that belong to it`,
    hint: `where that was for the time of this alone: ${stops.join("; ")}`,
  };
}
