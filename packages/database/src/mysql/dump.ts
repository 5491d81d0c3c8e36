import type { ContainerExec } from "@sluice/core";
import { type CompressedOutput, compressHere, compressThere } from "../process/compressed-output.ts";
import type { ClientOptions } from "./client.ts";
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

/**
 * Dumps a database with the server's own tool. Whether its transaction is open shows in `bytes`: the first of them come
 * after 128 KiB of the dump, or at its end.
 *
 * @param isThere whether `makeReady` made the pipe
 * @throws SluiceError BACKUP_FAILED, BACKUP_EXIT_LOST while it is read
 */
export async function startDump(
  exec: ContainerExec,
  target: MysqlTarget,
  isThere: boolean,
  { session, signal }: ClientOptions,
): Promise<CompressedOutput> {
  const { kind, user, database, container } = target;
  // Identifiers of transactions are the server's, not the database's.
  const ofKind = kind === "mysql" ? ["--set-gtid-purged=OFF"] : [];
  return (isThere ? compressThere : compressHere)(exec, {
    container,
    session,
    options: { environment: clientEnvironment(target, session), signal },
    command: [programsOf(kind).dump, ...whole, ...ofKind, `--user=${user}`, "--", database],
  });
}
