import type { ContainerExec } from "@sluice/core";
import { type ClientOptions, runSql } from "./client.ts";
import { fromHex, type MysqlTarget, maintenance, quoteText } from "./target.ts";

/**
 * The same with its database's name as the server keeps it, and lists those of databases beside it: in lower case where
 * `lower_case_table_names` is 1.
 *
 * @throws SluiceError BACKUP_FAILED, DATABASE_UNREACHABLE
 */
export async function storedTarget(
  exec: ContainerExec,
  target: MysqlTarget,
  options: ClientOptions,
): Promise<MysqlTarget> {
  const { database } = target;
  if (database === database.toLowerCase()) return target;
  const name = quoteText(database);
  const sql = `select hex(if(@@lower_case_table_names = 1, lower(${name}), ${name}));`;
  const [digits = ""] = await runSql(exec, maintenance(target), sql, options);
  return { ...target, database: fromHex(digits) };
}
