import type { ContainerExec } from "@sluice/core";
import { type ClientOptions, runSql } from "./client.ts";
import { fromHex, type MysqlTarget, programsOf } from "./target.ts";

/** What becomes of the history of MariaDB's system-versioned tables in a dump. */
export interface DumpedHistory {
  readonly isDumped: boolean;
  /** What the dump lacks, and why; for people, empty where it lacks nothing. */
  readonly lacking: readonly string[];
}

/** A table that keeps its rows of before. */
interface VersionedTable {
  readonly name: string;
  /** Its rows bear numbers of transactions, not moments. */
  readonly isByTransaction: boolean;
}

const tablesSql = `
select hex(t.table_name), coalesce(max(c.generation_expression = 'ROW START' and c.data_type = 'bigint'), 0)
from information_schema.tables t
join information_schema.columns c on c.table_schema = t.table_schema and c.table_name = t.table_name
where t.table_schema = database() and t.table_type = 'SYSTEM VERSIONED'
group by t.table_name order by t.table_name;`;

const secureSql =
  "select variable_value from information_schema.global_variables where variable_name = 'SECURE_TIMESTAMP';";

const option = "--dump-history";

/** @throws SluiceError DATABASE_UNREACHABLE, BACKUP_FAILED */
export async function readHistory(
  exec: ContainerExec,
  target: MysqlTarget,
  options: ClientOptions,
): Promise<DumpedHistory> {
  if (target.kind !== "mariadb") return dumpedHistory([], { isKnown: false, secure: "" });
  const tables = (await runSql(exec, target, tablesSql, options)).map(parseTable);
  if (tables.length === 0) return dumpedHistory(tables, { isKnown: false, secure: "" });
  const [secure = ""] = await runSql(exec, target, secureSql, options);
  const { signal } = options;
  const help = await exec.exec(target.container, [programsOf(target.kind).dump, "--help"], { signal });
  return dumpedHistory(tables, { isKnown: Buffer.from(help.stdout).includes(option), secure });
}

function parseTable(line: string): VersionedTable {
  const [name = "", isByTransaction] = line.split("\t");
  return { name: fromHex(name), isByTransaction: isByTransaction === "1" };
}

/**
 * The client dumps all histories or none, and fails at one of transactions. No server takes back what it lets nobody set. Pure.
 *
 * @param means whether the client knows the option, and what `secure_timestamp` is
 */
export function dumpedHistory(
  tables: readonly VersionedTable[],
  means: { readonly isKnown: boolean; readonly secure: string },
): DumpedHistory {
  if (tables.length === 0) return { isDumped: false, lacking: [] };
  const why = whyNot(tables, means);
  if (why === null) return { isDumped: true, lacking: [] };
  const names = tables.map(({ name }) => name).join(", ");
  return { isDumped: false, lacking: [`the backup does NOT hold the history of: ${names} (${why})`] };
}

function whyNot(
  tables: readonly VersionedTable[],
  { isKnown, secure }: { readonly isKnown: boolean; readonly secure: string },
): string | null {
  if (!isKnown) return `the client has no ${option}; that of MariaDB 10.11 has`;
  const byTransaction = tables.filter(({ isByTransaction }) => isByTransaction).map(({ name }) => name);
  if (byTransaction.length > 0) return `no dump can hold that of transactions: ${byTransaction.join(", ")}`;
  if (!/^(?:NO)?$/i.test(secure)) return `no restore could write it with secure_timestamp=${secure}`;
  return null;
}
