import { describe, expect, it } from "vitest";
import { aCatalog, aColumn, aConstraint, anEvent, anIndex, aTable } from "../testing/a-catalog.ts";
import { concurrentIndexes, tableScans } from "./table-scans.ts";

const before = aCatalog();
const table = "public.orders";
const kinds = (...args: Parameters<typeof tableScans>) => tableScans(...args).map(({ kind, of }) => `${kind} ${of}`);

describe("NOT NULL", () => {
  const columns = [aColumn(1, "id", { notNull: true, generated: "a" }), aColumn(2, "total", { notNull: true })];
  const after = aCatalog({ tables: [aTable(1, table, { columns })] });

  it("reads the table, of the size it had", () => {
    expect(tableScans(before, after, [anEvent()])).toEqual([
      { table, kind: "not-null", of: "total", bytes: 50_000_000 },
    ]);
  });

  it("reads none where a validated check had said it", () => {
    expect(tableScans(before, after, [anEvent({ event: "start", checked: [`${table}.total`] })])).toEqual([]);
  });
});

describe("a constraint", () => {
  const after = aCatalog({ constraints: [aConstraint(20), aConstraint(21, { type: "f", references: 1 })] });

  it("reads the table when it is added whole", () => {
    expect(kinds(before, after, [anEvent()])).toEqual(["check constraint_20", "foreign-key constraint_21"]);
  });

  it("blocks nobody when another transaction validates it", () => {
    const events = [anEvent({ xid: "7", pending: [20, 21] }), anEvent({ xid: "8", pending: [] })];
    expect(kinds(before, after, events)).toEqual([]);
  });

  it("blocks as long when the same transaction does", () => {
    const events = [anEvent({ xid: "7", pending: [20] }), anEvent({ xid: "7", pending: [] })];
    expect(kinds(before, after, events)).toContain("check constraint_20");
  });

  it("that is not validated reads nothing", () => {
    expect(kinds(before, aCatalog({ constraints: [aConstraint(20, { validated: false })] }), [anEvent()])).toEqual([]);
  });
});

describe("an index", () => {
  const after = aCatalog({ indexes: [anIndex(10, "public.i")] });
  const made = (locks: { table: number; mode: string }[]) => [anEvent({ tag: "CREATE INDEX", ids: [10], locks })];

  it("blocks writes unless it is built concurrently", () => {
    const blocking = made([{ table: 1, mode: "ShareLock" }]);
    expect(kinds(before, after, blocking)).toEqual(["index public.i"]);
    expect(concurrentIndexes(before, after, blocking)).toEqual([]);
    expect(kinds(before, after, made([]))).toEqual([]);
    expect(concurrentIndexes(before, after, made([]))).toEqual(["public.i"]);
  });

  it("that CONCURRENTLY failed to build has blocked nobody", () => {
    const left = aCatalog({ indexes: [anIndex(10, "public.i", { valid: false })] });
    expect(kinds(before, left, [anEvent({ event: "start", tag: "CREATE INDEX" })])).toEqual([]);
  });

  it("of a constraint is told once; one that it takes over is none", () => {
    const constraints = [aConstraint(20, { type: "u", index: 10 })];
    expect(kinds(before, { ...after, constraints }, [anEvent()])).toEqual(["index constraint_20"]);
    expect(kinds(after, { ...after, constraints }, [anEvent()])).toEqual([]);
  });

  it("that was built concurrently disturbs nobody when a constraint takes it over, under another name too", () => {
    const constraints = [aConstraint(20, { type: "u", index: 10 })];
    const taken = { ...after, indexes: [anIndex(10, "public.constraint_20")], constraints };
    expect(kinds(before, taken, [...made([]), anEvent({ ids: [1] })])).toEqual([]);
    expect(kinds(before, taken, made([{ table: 1, mode: "ShareLock" }]))).toEqual(["index constraint_20"]);
  });

  it("that REINDEX builds anew blocks writes, unless an equal one takes its place", () => {
    expect(kinds(after, aCatalog({ indexes: [anIndex(10, "public.i", { file: 99 })] }), [])).toEqual([
      "index public.i",
    ]);
    expect(kinds(after, aCatalog({ indexes: [anIndex(11, "public.i")] }), [])).toEqual([]);
    const other = anIndex(11, "public.i", { definition: "CREATE INDEX i ON public.orders (a, b)" });
    expect(kinds(after, aCatalog({ indexes: [other] }), [])).toEqual(["index public.i"]);
  });

  it("that comes anew with another type of a column, or with all rows, is not taken for that", () => {
    const columns = [aColumn(1, "id", { notNull: true, generated: "a" }), aColumn(2, "total", { type: "bigint" })];
    const indexes = [anIndex(11, "public.i")];
    expect(kinds(after, aCatalog({ tables: [aTable(1, table, { columns })], indexes }), [])).toEqual([
      "index public.i",
    ]);
    const moved = aCatalog({
      tables: [aTable(1, table, { file: 9 })],
      indexes: [anIndex(10, "public.i", { file: 99 })],
    });
    expect(kinds(after, moved, [])).toEqual([]);
  });
});
