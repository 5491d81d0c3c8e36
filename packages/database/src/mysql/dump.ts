import type { ContainerExec } from "@sluice/core";
import { type CompressedOutput, type PreparedOutput, prepareOutput } from "../process/compressed-output.ts";
import type { ClientOptions } from "./client.ts";
import type { DumpedHistory } from "./history.ts";
import { withRoutineRights } from "./routine-rights.ts";
import { clientEnvironment, type MysqlTarget, packetOption, programsOf } from "./target.ts";

/** One transaction, one row after the other, and all that belongs to a database besides its tables. */
const whole = [
  "--single-transaction",
  "--quick",
  "--skip-lock-tables",
  "--routines",
  "--triggers",
  "--events",
  "--hex-blob",
  "--no-tablespaces",
  "--default-character-set=utf8mb4",
  packetOption,
];

export interface DumpOptions extends Pick<ClientOptions, "session" | "signal"> {
  readonly compressIn?: "container" | "process" | undefined;
}

/** What a dump takes besides the moment for it. Disposing ends it. */
export function prepareDump(
  exec: ContainerExec,
  target: MysqlTarget,
  { session, compressIn, signal }: DumpOptions,
): PreparedOutput {
  const options = { environment: clientEnvironment(target, session), signal };
  return prepareOutput(exec, { container: target.container, session, options, compressIn });
}

/**
 * Dumps a database with the server's own tool. Whether its transaction is open shows in `bytes`: the first of them come
 * after 128 KiB of the dump, or at its end.
 *
 * @throws SluiceError BACKUP_FAILED, BACKUP_EXIT_LOST while it is read
 */
export async function startDump(
  prepared: PreparedOutput,
  target: MysqlTarget,
  { isDumped }: Pick<DumpedHistory, "isDumped">,
): Promise<CompressedOutput> {
  const { kind, user, database } = target;
  // Identifiers of transactions are the server's, not the database's.
  const ofKind = kind === "mysql" ? ["--set-gtid-purged=OFF"] : [];
  const options = [...whole, ...ofKind, ...(isDumped ? ["--dump-history"] : [])];
  const output = await prepared.run([programsOf(kind).dump, ...options, `--user=${user}`, "--", database]);
  return { ...output, bytes: withRoutineRights(output.bytes, target) };
}
