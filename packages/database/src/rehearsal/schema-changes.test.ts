import { describe, expect, it } from "vitest";
import { aCatalog, aColumn, aConstraint, anIndex, aTable } from "../testing/a-catalog.ts";
import type { Catalog, CatalogTable } from "./catalog.ts";
import { schemaChanges } from "./schema-changes.ts";

const table = "public.orders";
const before = aCatalog();
const withTable = (over: Partial<CatalogTable>): Catalog => aCatalog({ tables: [aTable(1, table, over)] });

describe("what became of a schema", () => {
  it("is nothing when nothing did", () => {
    expect(schemaChanges(before, before)).toEqual([]);
  });

  it("says nothing of what is new, save a column that must be filled", () => {
    const id = aTable(1, table).columns;
    const columns = [...id, aColumn(3, "note"), aColumn(4, "code", { notNull: true })];
    const after = aCatalog({ tables: [aTable(1, table, { columns }), aTable(2, "public.added")] });
    expect(schemaChanges(before, after)).toEqual([
      { change: "column-added", table, column: "note", required: false },
      { change: "column-added", table, column: "code", required: true },
    ]);
  });

  it("follows tables and columns by their ids through a new name", () => {
    const [id] = aTable(1, table).columns;
    const columns = [id ?? aColumn(1, "id"), aColumn(2, "amount")];
    const after = aCatalog({ tables: [aTable(1, "public.sales", { columns })] });
    expect(schemaChanges(before, after)).toEqual([
      { change: "table-renamed", table, to: "public.sales" },
      { change: "column-renamed", table, column: "total", to: "amount" },
    ]);
  });

  it("tells a table, a column, a default and a right that are gone", () => {
    const was = withTable({
      columns: [aColumn(1, "id"), aColumn(2, "total"), aColumn(3, "state", { default: "'new'" })],
      grants: ["app=r/shop"],
    });
    const is = withTable({ columns: [aColumn(1, "id"), aColumn(3, "state")] });
    expect(schemaChanges(was, is)).toEqual([
      { change: "column-dropped", table, column: "total" },
      { change: "default-dropped", table, column: "state" },
      { change: "grant-lost", table, grant: "app=r/shop" },
    ]);
    expect(schemaChanges(was, aCatalog({ tables: [] }))).toEqual([{ change: "table-dropped", table }]);
  });

  it("tells another type, what may not be null any more, row security and another file", () => {
    const columns = [
      aColumn(1, "id", { notNull: true, generated: "a" }),
      aColumn(2, "total", { type: "bigint", notNull: true }),
    ];
    expect(schemaChanges(before, withTable({ columns, rowSecurity: true, file: 99 }))).toEqual([
      { change: "table-moved-to-file", table, bytes: 50_000_000 },
      { change: "row-security-enabled", table },
      { change: "column-type-changed", table, column: "total", from: "integer", to: "bigint" },
      { change: "column-now-required", table, column: "total" },
    ]);
  });

  it("does not tell an index twice that goes with its table or constraint", () => {
    const index = anIndex(10, "public.i", { unique: true });
    const constraint = aConstraint(20, { type: "u", index: 10 });
    const was = aCatalog({ indexes: [index], constraints: [constraint] });
    expect(schemaChanges(was, aCatalog({ tables: [] }))).toEqual([{ change: "table-dropped", table }]);
    expect(schemaChanges(was, before)).toEqual([
      { change: "constraint-dropped", table, constraint: "constraint_20", type: "u" },
    ]);
    expect(schemaChanges(aCatalog({ indexes: [index] }), before)).toEqual([
      { change: "index-dropped", table, index: "public.i", unique: true },
    ]);
  });

  it("does not call dropped what an equal index replaces", () => {
    const was = aCatalog({ indexes: [anIndex(10, "public.i")] });
    const changes = (index: ReturnType<typeof anIndex>) =>
      schemaChanges(was, aCatalog({ indexes: [index] })).map(({ change }) => change);
    expect(changes(anIndex(11, "public.i"))).toEqual(["index-added"]);
    expect(changes(anIndex(11, "public.i", { definition: "CREATE INDEX i ON public.orders (a)" }))).toEqual([
      "index-added",
      "index-dropped",
    ]);
  });

  it("knows a constraint that takes over an index from one that builds it", () => {
    const index = anIndex(10, "public.i", { unique: true });
    const after = aCatalog({ indexes: [index], constraints: [aConstraint(20, { type: "u", index: 10 })] });
    const makes = (was: Catalog) =>
      schemaChanges(was, after).flatMap((one) => (one.change === "constraint-added" ? [one.makesIndex] : []));
    expect(makes(before)).toEqual([true]);
    expect(makes(aCatalog({ indexes: [index] }))).toEqual([false]);
  });
});
