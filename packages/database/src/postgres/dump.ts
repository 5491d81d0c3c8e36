import type { ContainerExec } from "@sluice/core";
import { SluiceError } from "@sluice/core";
import { type CompressedOutput, compressHere, compressThere } from "../process/compressed-output.ts";
import { reasonOf } from "../process/reason-of.ts";
import { libpqEnvironment, type PostgresTarget } from "./target.ts";

export interface DumpOptions {
  /** Name of an exported snapshot; its transaction must be open until the dump has begun. */
  readonly snapshot: string;
  readonly session: string;
  /** Whether `makeReady` made the pipe. */
  readonly isThere: boolean;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Dumps a whole database with the server's own `pg_dump`, uncompressed inside so that the one compression works on all of
 * it. Gives up on a table that somebody locks for 10 s: a migration that runs.
 *
 * @throws SluiceError BACKUP_FAILED, BACKUP_EXIT_LOST while it is read
 */
export async function startDump(
  exec: ContainerExec,
  target: PostgresTarget,
  options: DumpOptions,
): Promise<CompressedOutput> {
  const { snapshot, session, isThere, signal } = options;
  const { container } = target;
  const args = ["-Fc", "-Z0", "--no-password", "--lock-wait-timeout=10000", `--snapshot=${snapshot}`];
  const run = isThere ? compressThere : compressHere;
  return run(exec, {
    container,
    session,
    options: { environment: libpqEnvironment(target, session), signal },
    command: ["pg_dump", ...args],
  });
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
  // It has children, if only for a moment, and is quick: it is not told to stop (see `compressThere`).
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
