import { describe, expect, it } from "vitest";
import { newTables, schemaChanges } from "../../rehearsal/schema-changes.ts";
import { aSchemaState, aStateColumn, aStateIndex, aStateTable } from "../../testing/a-mysql-state.ts";
import { followedCatalogs } from "./follow.ts";
import type { SchemaState } from "./state.ts";

const before = aSchemaState({ indexes: [aStateIndex("orders", "by_total")] });
const changes = (over: Partial<SchemaState>) => {
  const catalogs = followedCatalogs(before, { ...before, ...over });
  return schemaChanges(catalogs.before, catalogs.after);
};
const [id, total] = before.columns as [SchemaState["columns"][number], SchemaState["columns"][number]];

describe("a schema without lasting ids", () => {
  it("is the same when nothing happened", () => {
    expect(changes({})).toEqual([]);
  });

  it("shows a table under a new name, with all that belongs to it", () => {
    const renamed = <T extends { readonly table: string }>(all: readonly T[]) =>
      all.map((one) => ({ ...one, table: "sales" }));
    const after = {
      tables: [aStateTable("sales", 20)],
      columns: renamed(before.columns),
      indexes: renamed(before.indexes),
    };
    expect(changes(after)).toEqual([{ change: "table-renamed", table: "orders", to: "sales" }]);
  });

  it("takes a table of another id and name for another one", () => {
    const after = aSchemaState({ tables: [aStateTable("sales", 21)], columns: [] });
    expect(changes(after)).toEqual([{ change: "table-dropped", table: "orders" }]);
    const catalogs = followedCatalogs(before, after);
    expect(newTables(catalogs.before, catalogs.after)).toEqual(["sales"]);
  });

  it("does not take another engine's tables, which have no id, for each other", () => {
    const was = aSchemaState({ tables: [aStateTable("a", 0)], columns: [] });
    const is = aSchemaState({ tables: [aStateTable("b", 0)], columns: [] });
    const catalogs = followedCatalogs(was, is);
    expect(schemaChanges(catalogs.before, catalogs.after)).toEqual([{ change: "table-dropped", table: "a" }]);
  });

  it("shows rows that were written anew", () => {
    expect(changes({ tables: [aStateTable("orders", 33)] })).toEqual([
      { change: "table-moved-to-file", table: "orders", bytes: 50_000_000 },
    ]);
  });

  it("tells a column with a new name from one that is gone, and from one that moved", () => {
    expect(changes({ columns: [id, aStateColumn("orders", "amount", 2)] })).toEqual([
      { change: "column-renamed", table: "orders", column: "total", to: "amount" },
    ]);
    expect(changes({ columns: [id] })).toEqual([{ change: "column-dropped", table: "orders", column: "total" }]);
    expect(
      changes({
        columns: [
          { ...total, at: 1 },
          { ...id, at: 2 },
        ],
      }),
    ).toEqual([]);
    expect(changes({ columns: [aStateColumn("orders", "first", 1), { ...id, at: 2 }, { ...total, at: 3 }] })).toEqual([
      { change: "column-added", table: "orders", column: "first", required: false },
    ]);
  });

  it("does not miss an index that got another name", () => {
    const changed = changes({ indexes: [aStateIndex("orders", "other_name")] });
    expect(changed.map(({ change }) => change)).toEqual(["index-added"]);
  });

  it("takes an index over other columns for another one", () => {
    const changed = changes({ indexes: [aStateIndex("orders", "by_total", { columns: "total, id" })] });
    expect(changed.map(({ change }) => change)).toEqual(["index-added", "index-dropped"]);
  });
});
