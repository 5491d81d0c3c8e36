import type { ContainerExec } from "@sluice/core";
import { SluiceError } from "@sluice/core";
import type { Fingerprint } from "../model/fingerprint.ts";
import { orDispose } from "../process/or-dispose.ts";
import { objectsSql, readFingerprint, type Sampling, sameForAll, sequencesSql, tablesSql } from "./fingerprint-sql.ts";
import { openSession, type PsqlOptions, type PsqlSession } from "./psql.ts";
import type { PostgresTarget } from "./target.ts";

/** A moment of a database, held still: others may look at it too as long as this is not disposed. */
export interface Snapshot extends AsyncDisposable {
  /** For `pg_dump --snapshot`. */
  readonly name: string;
  /** Every row is counted, and hashed unless its table is sampled, by the server. It takes as long as that does. */
  fingerprint(sampling: Sampling): Promise<Fingerprint>;
}

/**
 * Opens a read-only transaction and exports its snapshot: what is counted and hashed in it is what a dump of the same
 * snapshot holds, while the application goes on writing.
 */
export async function openSnapshot(
  exec: ContainerExec,
  target: PostgresTarget,
  options: PsqlOptions,
): Promise<Snapshot> {
  return orDispose(await openSession(exec, target, options), snapshotIn);
}

/** The transaction lasts as long as the dump does. From version 17 on a server may end one that lasts. */
const noTimeout = "select set_config(name, '0', false) from pg_settings where name = 'transaction_timeout';";

/** The same, over a connection that is there and ends with the snapshot. */
export async function snapshotIn(session: PsqlSession): Promise<Snapshot> {
  await session.query(`${sameForAll}\n${noTimeout}\nbegin transaction isolation level repeatable read read only;`);
  // Sequences now, before any dump can have begun: they only move on.
  const [name, ...sequences] = await session.query(`select pg_export_snapshot();\n${sequencesSql}`);
  if (!name) throw new SluiceError("BACKUP_FAILED", "the server exported no snapshot");
  return {
    name,
    fingerprint: (sampling) => readIn(session, sequences, sampling),
    [Symbol.asyncDispose]: () => session[Symbol.asyncDispose](),
  };
}

/** What a database holds at one moment. */
export async function takeFingerprint(
  exec: ContainerExec,
  target: PostgresTarget,
  sampling: Sampling,
  options: PsqlOptions,
): Promise<Fingerprint> {
  await using snapshot = await openSnapshot(exec, target, options);
  return await snapshot.fingerprint(sampling);
}

async function readIn(session: PsqlSession, sequences: readonly string[], sampling: Sampling): Promise<Fingerprint> {
  const tables = await session.query(tablesSql(sampling));
  return readFingerprint(sequences, tables, await session.query(objectsSql));
}
