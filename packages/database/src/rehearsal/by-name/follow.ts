import type { Catalog, CatalogColumn } from "../catalog.ts";
import type { SchemaState, StateColumn, StateTable } from "./state.ts";

interface Numbered {
  readonly oid: number;
  readonly table: StateTable;
  readonly columns: readonly CatalogColumn[];
}

/**
 * Two moments of a schema as catalogs whose ids say what is the same. What has its name still is the same; a table with a
 * new name is known by the id that its rows have (InnoDB's, a root page of SQLite), a column with a new name by its place between the others. Pure.
 */
export function followedCatalogs(
  before: SchemaState,
  after: SchemaState,
): { readonly before: Catalog; readonly after: Catalog } {
  const was = before.tables.map(
    (table, at): Numbered => ({ oid: at + 1, table, columns: numbered(columnsOf(before, table)) }),
  );
  const is = after.tables.map((table, at): Numbered => {
    const known = sameTable(table, was, after);
    const columns = columnsOf(after, table);
    const followed = known ? followedColumns(known.columns, columns) : numbered(columns);
    return { oid: known?.oid ?? was.length + at + 1, table, columns: followed };
  });
  const idOf = createIds();
  return { before: catalogOf(before, was, idOf), after: catalogOf(after, is, idOf) };
}

/** The same number for the same text. */
function createIds(): (text: string) => number {
  const ids = new Map<string, number>();
  return (text) => {
    const id = ids.get(text) ?? ids.size + 1;
    ids.set(text, id);
    return id;
  };
}

function sameTable({ name, id }: StateTable, was: readonly Numbered[], after: SchemaState): Numbered | undefined {
  const byName = was.find(({ table }) => table.name === name);
  if (byName) return byName;
  const names = new Set(after.tables.map((table) => table.name));
  return was.find(({ table }) => id !== 0 && table.id === id && !names.has(table.name));
}

function columnsOf({ columns }: SchemaState, { name }: StateTable): readonly StateColumn[] {
  return columns.filter(({ table }) => table === name);
}

function numbered(columns: readonly StateColumn[]): readonly CatalogColumn[] {
  return columns.map((column, at) => catalogColumn(column, at + 1));
}

function catalogColumn({ name, type, notNull, default: value, generated }: StateColumn, at: number): CatalogColumn {
  return { at, name, type, notNull, default: value, generated };
}

/** A column that is gone and a new one after the same neighbour are one with a new name, where as many are there as before. */
function followedColumns(was: readonly CatalogColumn[], is: readonly StateColumn[]): readonly CatalogColumn[] {
  const before = new Map(was.map((column) => [column.name, column]));
  const after = new Set(is.map(({ name }) => name));
  const isAsMany = was.length === is.length;
  return is.map((column, index) => {
    const known = before.get(column.name);
    if (known) return catalogColumn(column, known.at);
    const inPlace = was[index];
    const isRenamed = isAsMany && inPlace !== undefined && !after.has(inPlace.name);
    return catalogColumn(column, isRenamed ? inPlace.at : was.length + index + 1);
  });
}

function catalogOf(state: SchemaState, tables: readonly Numbered[], idOf: (text: string) => number): Catalog {
  const oids = new Map(tables.map(({ oid, table }) => [table.name, oid]));
  const oidOf = (table: string) => oids.get(table) ?? 0;
  return {
    tables: tables.map(({ oid, table, columns }) => ({
      oid,
      name: table.name,
      kind: "r",
      file: table.id,
      bytes: table.bytes,
      rowSecurity: false,
      grants: [],
      columns: [...columns],
    })),
    indexes: state.indexes.map(({ table, name, unique, type, columns }) => {
      // Without its name: nobody lacks an index that only got another one.
      const definition = `${unique ? "UNIQUE " : ""}${type} (${columns})`;
      const oid = idOf(`index ${oidOf(table)} ${name} ${definition}`);
      return { oid, table: oidOf(table), name, file: 0, definition, unique, valid: true };
    }),
    constraints: state.constraints.map(({ table, name, type }) => ({
      oid: idOf(`constraint ${oidOf(table)} ${name}`),
      table: oidOf(table),
      name,
      type,
      validated: true,
      definition: name,
      references: 0,
      index: 0,
    })),
    objects: state.objects.map(({ what, name }) => ({ kind: what, name })),
  };
}
