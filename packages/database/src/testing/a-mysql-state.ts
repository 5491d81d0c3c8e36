import type { ServerStatement } from "../mysql/rehearsal/statements.ts";
import type { SchemaState, StateColumn, StateIndex, StateTable } from "../rehearsal/by-name/state.ts";

export function aStatement(over: Partial<ServerStatement> = {}): ServerStatement {
  return {
    sql: "alter table orders add a int",
    kind: "alter_table",
    ms: 5,
    rows: 0,
    error: 0,
    copied: 0,
    built: 0,
    ...over,
  };
}

export function aStateTable(name: string, id: number): StateTable {
  return { kind: "table", name, engine: "InnoDB", bytes: 50_000_000, id };
}

export function aStateColumn(table: string, name: string, at: number, over: Partial<StateColumn> = {}): StateColumn {
  return { kind: "column", table, at, name, type: "int(11)", notNull: false, default: null, generated: "", ...over };
}

export function aStateIndex(table: string, name: string, over: Partial<StateIndex> = {}): StateIndex {
  return { kind: "index", table, name, unique: false, type: "BTREE", columns: "total", ...over };
}

/** A table with an id and a column. */
export function aSchemaState(over: Partial<SchemaState> = {}): SchemaState {
  return {
    tables: [aStateTable("orders", 20)],
    columns: [
      aStateColumn("orders", "id", 1, { notNull: true, generated: "auto_increment" }),
      aStateColumn("orders", "total", 2),
    ],
    indexes: [],
    constraints: [],
    objects: [],
    ...over,
  };
}
