import { describe, expect, it } from "vitest";
import { aSchemaState, aStateColumn, aStateIndex, aStateTable } from "../../testing/a-mysql-state.ts";
import { type Moment, sqliteObservations } from "./observations.ts";

const aMoment = (over: Partial<Moment> = {}): Moment => ({
  state: aSchemaState(),
  rows: new Map([["orders", 100]]),
  keys: new Map([["orders", ["id"]]]),
  movesPages: false,
  faults: new Map(),
  ...over,
});
const seen = (after: Partial<Moment>, over: Partial<Moment> = {}, changed = new Map()) =>
  sqliteObservations({ before: aMoment(over), after: aMoment(after), changed });
const madeAnew = aSchemaState({ tables: [aStateTable("orders", 33)] });

describe("what became of a file", () => {
  it("is nothing where nothing happened", () => {
    expect(seen({})).toMatchObject({ changes: [], rewrites: [], newTables: [], scans: [], faults: [] });
  });

  it("shows a table that was made anew beside the old one, and whether it holds the same", () => {
    const changed = new Map([["orders", { updated: 3, inserted: 0, deleted: 0 }]]);
    expect(seen({ state: madeAnew }, {}, changed).rewrites).toEqual([
      {
        table: "orders",
        bytes: 50_000_000,
        rows: 100,
        reason: "it was made anew and filled from the old one, and nobody else can write meanwhile",
        valuesChanged: true,
      },
    ]);
    expect(seen({ state: madeAnew }).rewrites).toMatchObject([{ valuesChanged: null }]);
  });

  it("shows none where SQLite moves pages by itself, or nothing is left in the table", () => {
    expect(seen({ state: madeAnew, movesPages: true }, { movesPages: true }).rewrites).toEqual([]);
    expect(seen({ state: madeAnew, rows: new Map([["orders", 0]]) }).rewrites).toEqual([]);
  });

  it("shows a column that is taken out of every row", () => {
    const [id] = aSchemaState().columns;
    const state = aSchemaState({ columns: id ? [id] : [] });
    expect(seen({ state }).rewrites).toMatchObject([{ reason: expect.stringContaining("taken out") }]);
    expect(seen({ state }).changes).toEqual([{ change: "column-dropped", table: "orders", column: "total" }]);
  });

  it("knows a table by another name, and takes one that begins at a free page for none", () => {
    const named = (name: string, columns: readonly string[]) => ({
      state: aSchemaState({
        tables: [aStateTable(name, 20)],
        columns: columns.map((column, at) => aStateColumn(name, column, at + 1)),
      }),
      rows: new Map([[name, 100]]),
    });
    expect(seen(named("sales", ["id", "total", "note"])).changes).toContainEqual({
      change: "table-renamed",
      table: "orders",
      to: "sales",
    });
    const other = seen(named("notes", ["id", "text"]));
    expect(other.changes).toEqual([{ change: "table-dropped", table: "orders" }]);
    expect(other.newTables).toEqual(["notes"]);
  });

  it("shows an index that was built in a table, and not with one that was made anew", () => {
    const indexes = [aStateIndex("orders", "by_total")];
    expect(seen({ state: aSchemaState({ indexes }) }).scans).toEqual([
      { table: "orders", kind: "index", of: "by_total", bytes: 50_000_000 },
    ]);
    expect(seen({ state: { ...madeAnew, indexes } }).scans).toEqual([]);
  });

  it("counts rows where they were not compared, and tells a table that is gone", () => {
    expect(seen({ rows: new Map([["orders", 70]]) }).tables).toMatchObject([
      { rowsBefore: 100, rowsAfter: 70, updated: 0, inserted: 0, deleted: 30 },
    ]);
    const gone = seen({ state: aSchemaState({ tables: [], columns: [] }), rows: new Map() });
    expect(gone.tables).toMatchObject([{ rowsAfter: null, bytesAfter: null, deleted: 0 }]);
  });

  it("tells what is wrong only now", () => {
    const orphans = "rows of items refer to orders, which has no such row";
    const faults = new Map([[orphans, 3]]);
    expect(seen({ faults }).faults).toEqual([`3 ${orphans}`]);
    expect(seen({ faults }, { faults }).faults).toEqual([]);
  });
});
