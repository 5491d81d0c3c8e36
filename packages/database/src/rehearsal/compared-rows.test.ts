import { expect, it } from "vitest";
import { aCatalog, aColumn, aTable } from "../testing/a-catalog.ts";
import { changedRows, comparedTables } from "./compared-rows.ts";

const names = (after: ReturnType<typeof aTable>, was = aTable(1, "orders"), isTouched = true) =>
  comparedTables(aCatalog({ tables: [was] }), aCatalog({ tables: [after] }), () => isTouched).map(({ is, kept }) => [
    is.name,
    kept.map((pair) => pair.map(({ name }) => name)),
  ]);

it("a table is compared in the columns that it kept, under their old and new names", () => {
  const columns = [aColumn(2, "amount"), aColumn(3, "note")];
  expect(names(aTable(1, "sales", { columns }))).toEqual([["sales", [["total", "amount"]]]]);
});

it("one that nothing was done to is not, nor one that is large or kept nothing", () => {
  expect(names(aTable(1, "orders"), undefined, false)).toEqual([]);
  expect(names(aTable(1, "orders", { file: 9 }), undefined, false)).toHaveLength(1);
  expect(names(aTable(1, "orders"), aTable(1, "orders", { bytes: 200_000_001 }))).toEqual([]);
  expect(names(aTable(1, "orders", { columns: [aColumn(3, "note")] }))).toEqual([]);
});

it("rows that are only lost are none that changed", () => {
  expect([changedRows(20, 500, 480), changedRows(20, 500, 500), changedRows(20, 500, 510)]).toEqual([0, 20, 20]);
});
