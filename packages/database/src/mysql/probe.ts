import { type ContainerExec, SluiceError } from "@sluice/core";
import type { LiveDatabase } from "../driver.ts";
import { type ClientOptions, runSql } from "./client.ts";
import { type MysqlTarget, quoteText } from "./target.ts";

/** `START TRANSACTION … READ ONLY` and locked accounts: MySQL 5.7, MariaDB 10.4. */
const oldestMajor = { mysql: 507, mariadb: 1004 } as const;

/** @throws SluiceError DATABASE_UNREACHABLE, DATABASE_UNKNOWN (a server that is too old) */
export async function probeMysql(
  exec: ContainerExec,
  target: MysqlTarget,
  options: ClientOptions,
): Promise<LiveDatabase> {
  const name = quoteText(target.database);
  const sql = `
select version(), @@lower_case_table_names, default_character_set_name, default_collation_name,
  (select coalesce(sum(data_length + index_length), 0) from information_schema.tables where table_schema = ${name})
from information_schema.schemata where schema_name = ${name};`;
  const [line = ""] = await runSql(exec, target, sql, options);
  const [version = "", lowerCase = "0", encoding = "", collate = "", size = "0"] = line.split("\t");
  const major = parseMajor(version);
  if (major < oldestMajor[target.kind]) {
    throw new SluiceError("DATABASE_UNKNOWN", `the server is of version ${version || "unknown"}, which is too old`, {
      hint: "MySQL 5.7 or MariaDB 10.4 is needed, or a newer one",
    });
  }
  return {
    // Decided when a server sets itself up, and never after.
    server: { version, major, preload: lowerCase === "0" ? "" : `--lower-case-table-names=${lowerCase}` },
    sizeBytes: Number(size),
    database: { name: target.database, owner: "", encoding, collate, ctype: null, provider: target.kind, locale: null },
  };
}

/** Data of one series opens in that series: `10.11.6-MariaDB` is 1011, `8.0.36` is 800. 0 where the text has none. */
export function parseMajor(version: string): number {
  const [, series = "0", minor = "0"] = /^(\d+)\.(\d+)/.exec(version) ?? [];
  return Number(series) * 100 + Number(minor);
}
