import type { ContainerExec } from "@sluice/core";
import type { Fingerprint } from "../model/fingerprint.ts";
import { orDispose } from "../process/or-dispose.ts";
import type { Turns } from "../process/turns.ts";
import { type ClientOptions, openSession } from "./client.ts";
import {
  columnsSql,
  isSampled,
  isWithHistory,
  objectsSql,
  parseObjects,
  parseSequence,
  parseShapes,
  type Sampling,
  sameForAll,
  sequenceNamesSql,
  sequenceSql,
  type TableShape,
  tableSql,
} from "./fingerprint-sql.ts";
import { notCovered } from "./not-covered.ts";
import { fromHex, type MysqlTarget } from "./target.ts";

/** A moment of a database, held still for this session. */
export interface Snapshot extends AsyncDisposable {
  /** Every row is counted, and hashed unless its table is sampled, by the server. It takes as long as that does. */
  fingerprint(sampling: Sampling): Promise<Fingerprint>;
}

export async function openSnapshot(
  exec: ContainerExec,
  target: MysqlTarget,
  options: ClientOptions,
): Promise<Snapshot> {
  return orDispose(await openSession(exec, target, options), async (session) => {
    await session.query(`${sameForAll}\nstart transaction with consistent snapshot, read only;`);
    // Now, before any dump can have begun: counters only move on.
    const shapes = parseShapes(await session.query(columnsSql));
    const sequences = await readSequences(session);
    return {
      fingerprint: (sampling) => readIn(session, target.kind, shapes, sequences, sampling),
      [Symbol.asyncDispose]: () => session[Symbol.asyncDispose](),
    };
  });
}

/** What a database holds at one moment. */
export async function takeFingerprint(
  exec: ContainerExec,
  target: MysqlTarget,
  sampling: Sampling,
  options: ClientOptions,
): Promise<Fingerprint> {
  await using snapshot = await openSnapshot(exec, target, options);
  return await snapshot.fingerprint(sampling);
}

async function readSequences(session: Turns): Promise<Fingerprint["sequences"]> {
  const found: Fingerprint["sequences"] = [];
  for (const name of (await session.query(sequenceNamesSql)).map(fromHex)) {
    const [line = ""] = await session.query(sequenceSql(name));
    found.push(parseSequence(name, line));
  }
  return found;
}

async function readIn(
  session: Turns,
  kind: MysqlTarget["kind"],
  shapes: readonly TableShape[],
  sequences: Fingerprint["sequences"],
  sampling: Sampling,
): Promise<Fingerprint> {
  const tables: Fingerprint["tables"] = [];
  const still = shapes.filter(({ transactional }) => transactional);
  for (const shape of still) {
    const sampled = isSampled(shape, sampling);
    const withHistory = isWithHistory(shape, sampling);
    // Going back to the savepoint lets go of the table: a migration would else wait for all of them.
    const sql = `savepoint sluice; ${tableSql(shape, { sampled, withHistory }, kind)} rollback to savepoint sluice;`;
    const [rows, hash = "0"] = (await session.query(sql))[0]?.split("\t") ?? [];
    tables.push({ name: shape.name, rows: Number(rows), hash, sampled, ...(withHistory ? { history: true } : {}) });
  }
  return {
    tables,
    sequences: [...sequences, ...counters(still)],
    largeObjects: 0,
    objects: parseObjects(await session.query(objectsSql(sampling))),
    extensions: {},
    notCovered: notCovered(shapes, tables),
  };
}

/** The next number of a table that numbers its rows must not go back either, or a number is given twice. */
function counters(shapes: readonly TableShape[]): Fingerprint["sequences"] {
  return shapes.flatMap(({ name, autoIncrement }) =>
    autoIncrement === null
      ? []
      : [{ name: `${name} (auto_increment)`, last: autoIncrement, ascending: true, cycles: false }],
  );
}
