import { expect, it } from "vitest";
import { aCatalog, aColumn, aTable } from "../testing/a-catalog.ts";
import { differenceOf } from "./left-behind.ts";

const before = aCatalog({ tables: [aTable(1, "orders"), aTable(2, "audit")] });
const facts = { rowsBefore: () => 10, rowsAfter: () => 10, valuesChanged: () => false };

it("two moments that are the same differ in nothing, though rows may lie in another file", () => {
  const moved = aCatalog({ tables: [aTable(1, "orders", { file: 9 }), aTable(2, "audit")] });
  expect(differenceOf(before, moved, facts)).toEqual([]);
});

it("a column that came back is another one: what it held is lost", () => {
  const columns = [aColumn(1, "id", { notNull: true, generated: "a" }), aColumn(3, "total")];
  const after = aCatalog({ tables: [aTable(1, "orders", { columns }), aTable(2, "audit")] });
  expect(differenceOf(before, after, facts)).toEqual([
    "column-dropped total of orders",
    "column-added total of orders",
  ]);
});

it("rows, values, and tables that came or went are told", () => {
  const after = aCatalog({ tables: [aTable(1, "orders"), aTable(3, "notes")] });
  expect(differenceOf(before, after, { ...facts, rowsAfter: () => 4, valuesChanged: (oid) => oid === 1 })).toEqual([
    "new table notes",
    "table-dropped audit",
    "orders with 4 rows, it had 10",
    "other values in orders",
  ]);
});
