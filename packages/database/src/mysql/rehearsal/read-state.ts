import type { ContainerExec } from "@sluice/core";
import { parseState, type SchemaState } from "../../rehearsal/by-name/state.ts";
import { type ClientOptions, runSql } from "../client.ts";
import { sameForAll } from "../fingerprint-sql.ts";
import { parseMajor } from "../probe.ts";
import type { MysqlTarget } from "../target.ts";
import { stateSql } from "./schema-sql.ts";

/** Of the server, see `parseMajor`. @throws SluiceError */
export async function readMajor(exec: ContainerExec, target: MysqlTarget, options: ClientOptions): Promise<number> {
  const [version = ""] = await runSql(exec, target, "select version();", options);
  return parseMajor(version);
}

/** The schema of a database as it is now. It takes the right to see InnoDB's own tables (PROCESS). @throws SluiceError */
export async function readState(
  exec: ContainerExec,
  target: MysqlTarget,
  major: number,
  options: ClientOptions,
): Promise<SchemaState> {
  return parseState(await runSql(exec, target, `${sameForAll}\n${stateSql(target.kind, major)}`, options));
}
