import type { ContainerExec } from "@sluice/core";
import { parseState, type SchemaState } from "../../rehearsal/by-name/state.ts";
import { type ClientOptions, runSql } from "../client.ts";
import { sameForAll } from "../fingerprint-sql.ts";
import { parseMajor } from "../probe.ts";
import type { MysqlTarget } from "../target.ts";
import { stateSql } from "./schema-sql.ts";

/** The schema of a database as it is now. It takes the right to see InnoDB's own tables (PROCESS). @throws SluiceError */
export async function readState(
  exec: ContainerExec,
  target: MysqlTarget,
  options: ClientOptions,
): Promise<SchemaState> {
  const [version = ""] = await runSql(exec, target, "select version();", options);
  const sql = `${sameForAll}\n${stateSql(target.kind, parseMajor(version))}`;
  return parseState(await runSql(exec, target, sql, options));
}
