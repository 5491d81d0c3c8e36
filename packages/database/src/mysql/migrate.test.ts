import { describe, expect, it } from "vitest";
import type { SchemaState } from "../rehearsal/by-name/state.ts";
import { schemaDifference } from "./migrate.ts";

const orders = { kind: "table", name: "orders", engine: "InnoDB", bytes: 16_384, id: 21 } as const;
const id = {
  kind: "column",
  table: "orders",
  at: 1,
  name: "id",
  type: "int(11)",
  notNull: true,
  default: null,
  generated: "auto_increment",
} as const;
const then: SchemaState = { tables: [orders], columns: [id], indexes: [], constraints: [], objects: [] };

describe("what a migration that failed leaves of a schema that takes nothing back", () => {
  it("is nothing where all is as it was, whatever a table's size is", () => {
    expect(schemaDifference(then, { ...then, tables: [{ ...orders, bytes: 1, id: 22 }] })).toEqual([]);
  });

  it("is named: tables, columns, and what else is new", () => {
    const notes = { ...orders, name: "notes", id: 30 };
    const note = { ...id, at: 2, name: "note", type: "text", notNull: false, generated: "" };
    const now: SchemaState = {
      ...then,
      tables: [orders, notes],
      columns: [id, note, { ...id, table: "notes" }],
      objects: [{ kind: "object", what: "view", name: "large" }],
    };
    expect(schemaDifference(then, now)).toEqual(["new table notes", "column-added note of orders", "new view large"]);
    expect(schemaDifference(now, then)).toEqual([
      "table-dropped notes",
      "column-dropped note of orders",
      "object-dropped view large",
    ]);
  });
});
