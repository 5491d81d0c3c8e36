import { describe, expect, it } from "vitest";
import { aSchemaState, aStateIndex, aStatement, aStateTable } from "../../testing/a-mysql-state.ts";
import { mysqlObservations, type Seen } from "./observations.ts";

const before = { state: aSchemaState(), rows: new Map([["orders", 500]]) };
const seen = (over: Partial<Seen> = {}) =>
  mysqlObservations({
    before,
    after: before,
    statements: [],
    locks: [],
    activity: [],
    changed: new Map(),
    ...over,
  });
const rewritten = { state: aSchemaState({ tables: [aStateTable("orders", 33)] }), rows: before.rows };

describe("a table that is written anew", () => {
  it("by a copy keeps writers out as long as that takes, and everybody for a moment", () => {
    const statement = aStatement({ sql: "alter table orders modify total bigint", copied: 1, ms: 812.4 });
    const { rewrites, locks, scans } = seen({
      after: rewritten,
      statements: [statement],
      changed: new Map([["orders", 0]]),
    });
    expect(rewrites).toMatchObject([{ table: "orders", rows: 500, online: false, valuesChanged: false }]);
    expect(locks).toEqual([
      { table: "orders", mode: "SHARED_NO_WRITE", blocks: "writes", heldMs: 812, by: "ALTER TABLE" },
      { table: "orders", mode: "EXCLUSIVE", blocks: "reads and writes", heldMs: 0, by: "ALTER TABLE" },
    ]);
    expect(scans).toEqual([]);
  });

  it("in place keeps nobody out for long", () => {
    const { rewrites, locks } = seen({ after: rewritten, statements: [aStatement({ built: 2, ms: 900 })] });
    expect(rewrites).toMatchObject([{ table: "orders", online: true }]);
    expect(locks.map(({ mode, heldMs }) => [mode, heldMs])).toEqual([["EXCLUSIVE", 0]]);
  });

  it("by a copy that was executed prepared keeps writers out, whether the server keeps its text or not", () => {
    const prepared = (over: object) => seen({ after: rewritten, statements: [aStatement({ copied: 1, ...over })] });
    const told = prepared({ kind: "Execute", sql: "alter table orders modify total bigint" });
    expect(told.rewrites).toMatchObject([{ table: "orders", online: false }]);
    expect(told.locks.map(({ by }) => by)).toEqual(["ALTER TABLE", "ALTER TABLE"]);
    expect(told.notSeen).toEqual([]);
    for (const [kind, sql] of [
      ["Execute", null],
      ["execute_sql", "execute s"],
      ["execute_immediate", "execute immediate 'alter table orders modify total bigint'"],
    ]) {
      const { rewrites, notSeen } = prepared({ kind, sql });
      expect(rewrites).toMatchObject([{ online: false, reason: expect.stringContaining("does not name") }]);
      expect(notSeen).toEqual([expect.stringContaining("what 1 prepared statements were")]);
    }
  });

  it("is online only where what did it was seen", () => {
    const by = (...statements: Seen["statements"]) => seen({ after: rewritten, statements }).rewrites[0]?.online;
    expect(by()).toBe(false);
    expect(by(aStatement({ sql: "alter table other engine = innodb", built: 2 }))).toBe(false);
    expect(by(aStatement({ kind: "Execute", sql: null, built: 2 }))).toBe(true);
    expect(by(aStatement({ built: 2 }), aStatement({ kind: "Execute", sql: null, copied: 1 }))).toBe(false);
    expect(by(aStatement({ kind: "stmt", built: 2 }))).toBe(true);
  });

  it("is none when it was emptied", () => {
    const { rewrites, tables } = seen({ after: { ...rewritten, rows: new Map([["orders", 0]]) } });
    expect(rewrites).toEqual([]);
    expect(tables).toMatchObject([{ rowsBefore: 500, rowsAfter: 0 }]);
  });
});

it("a lock that was seen counts as long as it was seen, on tables that were there", () => {
  const locks = [
    { table: "orders", mode: "SHARED_NO_READ_WRITE", heldMs: 640 },
    { table: "orders", mode: "SHARED_NO_READ_WRITE", heldMs: 10 },
    { table: "new_one", mode: "EXCLUSIVE", heldMs: 5_000 },
  ] as const;
  expect(seen({ locks }).locks).toMatchObject([{ table: "orders", blocks: "reads and writes", heldMs: 640 }]);
});

it("an index for words is built while nobody writes, any other one beside those who do", () => {
  const indexes = [aStateIndex("orders", "words", { type: "FULLTEXT" }), aStateIndex("orders", "by_total")];
  const { scans, concurrentIndexes } = seen({ after: { state: aSchemaState({ indexes }), rows: before.rows } });
  expect(scans).toEqual([{ table: "orders", kind: "index", of: "words", bytes: 50_000_000 }]);
  expect(concurrentIndexes).toEqual(["by_total"]);
});

it("what was done to a table counts under its old name and its new one", () => {
  const state = aSchemaState({ tables: [aStateTable("sales", 20)], columns: [] });
  const activity = [
    { table: "orders", inserted: 1, updated: 2, deleted: 3 },
    { table: "sales", inserted: 10, updated: 20, deleted: 30 },
    { table: "other", inserted: 99, updated: 99, deleted: 99 },
  ];
  expect(seen({ after: { state, rows: new Map([["sales", 508]]) }, activity }).tables).toMatchObject([
    { table: "orders", rowsAfter: 508, inserted: 11, updated: 22, deleted: 33 },
  ]);
});
