import type { ContainerExec } from "@sluice/core";
import { SluiceError } from "@sluice/core";
import { type CompressedOutput, type PreparedOutput, prepareOutput } from "../process/compressed-output.ts";
import { reasonOf } from "../process/reason-of.ts";
import { libpqEnvironment, type PostgresTarget } from "./target.ts";

export interface DumpOptions {
  readonly session: string;
  readonly compressIn?: "container" | "process" | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What a dump takes besides its snapshot. Disposing ends it. */
export function prepareDump(
  exec: ContainerExec,
  target: PostgresTarget,
  { session, compressIn, signal }: DumpOptions,
): PreparedOutput {
  const options = { environment: libpqEnvironment(target, session), signal };
  return prepareOutput(exec, { container: target.container, session, options, compressIn });
}

/**
 * Dumps a whole database with the server's own `pg_dump`, uncompressed inside so that the one compression works on all of
 * it. Gives up on a table that somebody locks for 10 s: a migration that runs.
 *
 * @param snapshot name of an exported one; its transaction must be open until the dump's first bytes are there
 * @throws SluiceError BACKUP_FAILED, BACKUP_EXIT_LOST while it is read
 */
export function startDump(prepared: PreparedOutput, snapshot: string): Promise<CompressedOutput> {
  const args = ["-Fc", "-Z0", "--no-password", "--lock-wait-timeout=10000", `--snapshot=${snapshot}`];
  return prepared.run(["pg_dump", ...args]);
}

/**
 * The server's roles and who belongs to whom, without passwords: what a dump refers to and does not hold. `null` where the
 * user may not read them, as with managed servers.
 *
 * @throws SluiceError BACKUP_FAILED
 */
export async function dumpGlobals(
  exec: ContainerExec,
  target: PostgresTarget,
  { session, signal }: Pick<DumpOptions, "session" | "signal">,
): Promise<Uint8Array | null> {
  const command = [
    "pg_dumpall",
    "--roles-only",
    "--no-role-passwords",
    "--no-password",
    `--dbname=${conninfo(target)}`,
  ];
  const environment = libpqEnvironment(target, session);
  // It has children, if only for a moment, and is quick: it is not told to stop (see `prepareOutput`).
  const { exitCode, stdout, stderr } = await exec.exec(target.container, command, { environment });
  signal?.throwIfAborted();
  if (exitCode === 0) return stdout;
  if (/permission denied/.test(stderr)) return null;
  throw new SluiceError("BACKUP_FAILED", `pg_dumpall failed (exit code ${exitCode}): ${reasonOf(stderr) ?? ""}`, {
    detail: stderr.trim(),
  });
}

/** A database by name where a program takes a name for a connection string as soon as it holds a `=`. */
export function conninfo({ database }: Pick<PostgresTarget, "database">): string {
  return `dbname='${database.replaceAll("\\", "\\\\").replaceAll("'", String.raw`\'`)}'`;
}
