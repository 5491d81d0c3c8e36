import { type ContainerExec, type ErrorCode, SluiceError } from "@sluice/core";
import type { DatabaseFacts } from "../model/manifest.ts";
import { reasonOf } from "../process/reason-of.ts";
import { type ClientOptions, runSql, withoutStatements } from "./client.ts";
import { complete } from "./dump-text.ts";
import { clientCommand, clientEnvironment, type MysqlTarget, maintenance, quoteName } from "./target.ts";

type CharacterSet = Pick<DatabaseFacts, "encoding" | "collate">;

/** Makes an empty database with the character set of another, in the server of `target`. @throws SluiceError */
export async function createDatabase(
  exec: ContainerExec,
  target: MysqlTarget,
  like: CharacterSet,
  options: ClientOptions,
): Promise<void> {
  await runSql(exec, maintenance(target), createDatabaseSql(target.database, like), options);
}

export function createDatabaseSql(name: string, { encoding, collate }: CharacterSet): string {
  return `create database ${quoteName(name)} character set ${encoding}${collate ? ` collate ${collate}` : ""};`;
}

/** @param name of a database that was made by `createDatabase` */
export async function dropDatabase(
  exec: ContainerExec,
  target: MysqlTarget,
  name: string,
  options: ClientOptions,
): Promise<void> {
  await runSql(exec, maintenance(target), dropDatabaseSql(name), options);
}

export function dropDatabaseSql(name: string): string {
  return `drop database if exists ${quoteName(name)};`;
}

/**
 * Fills an empty database from an uncompressed dump; the first error ends it.
 *
 * @throws SluiceError RESTORE_FAILED, DISK_FULL, BACKUP_TRUNCATED, BACKUP_WRONG_VERSION, BACKUP_EXTENSION_MISSING, and whatever
 * reading the dump throws
 */
export async function restoreDump(
  exec: ContainerExec,
  target: MysqlTarget,
  dump: AsyncIterable<Uint8Array>,
  { session, signal }: ClientOptions,
): Promise<void> {
  const ended = await exec.exec(target.container, clientCommand(target), {
    stdin: complete(dump),
    environment: clientEnvironment(target, session),
    signal,
  });
  if (ended.exitCode !== 0) throw restoreFailure(ended);
}

/** No server takes more, and the throw-away servers of proofs take it. */
const raisePacket =
  "raise its max_allowed_packet to 1G, with which backups are proven, then restore again (set global max_allowed_packet = 1073741824; in its configuration too, or it lasts until its next start)";

/** What a server says, and what it means. */
const meanings: readonly (readonly [RegExp, ErrorCode, string])[] = [
  [
    /ERROR (?:1021|1114) |(?:Got error|OS errno|\(errno:) 28 /,
    "DISK_FULL",
    "free some space where the server keeps its data, then try it again",
  ],
  [
    /ERROR (?:1286|1524|1126) /,
    "BACKUP_EXTENSION_MISSING",
    "use an image that has the storage engine or plugin: the one that the database ran when it was backed up",
  ],
  [
    /ERROR (?:1115|1273|1193|1231) /,
    "BACKUP_WRONG_VERSION",
    "restore in the version of the server that the backup was taken from",
  ],
  [/ERROR 1153 /, "RESTORE_FAILED", `a row is larger than the server takes at once: ${raisePacket}`],
  [
    /ERROR (?:2006|2013) /,
    "RESTORE_FAILED",
    `unless the log of the database's container tells of its end, a row is larger than the server takes at once: ${raisePacket}`,
  ],
];

/** The error that the end of a client with a restored dump is. */
export function restoreFailure({
  exitCode,
  stderr: said,
}: {
  readonly exitCode: number;
  readonly stderr: string;
}): SluiceError {
  const stderr = withoutStatements(said);
  const [, code, hint] = meanings.find(([pattern]) => pattern.test(stderr)) ?? [];
  const reason = reasonOf(stderr) ?? "it said nothing";
  return new SluiceError(code ?? "RESTORE_FAILED", `the client failed (exit code ${exitCode}): ${reason}`, {
    detail: stderr.trim(),
    ...(hint === undefined ? {} : { hint }),
  });
}
