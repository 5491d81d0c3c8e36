import type { Catalog, CatalogColumn, CatalogIndex, CatalogTable } from "./catalog.ts";

/** One difference between two moments of a schema, of what was there before; what is wholly new disturbs nobody. */
export type SchemaChange =
  | { readonly change: "table-dropped"; readonly table: string }
  | { readonly change: "table-renamed"; readonly table: string; readonly to: string }
  | { readonly change: "table-moved-to-file"; readonly table: string; readonly bytes: number }
  | { readonly change: "column-added"; readonly table: string; readonly column: string; readonly required: boolean }
  | { readonly change: "column-dropped"; readonly table: string; readonly column: string }
  | { readonly change: "column-renamed"; readonly table: string; readonly column: string; readonly to: string }
  | {
      readonly change: "column-type-changed";
      readonly table: string;
      readonly column: string;
      readonly from: string;
      readonly to: string;
    }
  | { readonly change: "column-now-required"; readonly table: string; readonly column: string }
  | { readonly change: "default-dropped"; readonly table: string; readonly column: string }
  | { readonly change: "row-security-enabled"; readonly table: string }
  | { readonly change: "grant-lost"; readonly table: string; readonly grant: string }
  | { readonly change: "index-added"; readonly table: string; readonly index: string; readonly valid: boolean }
  | { readonly change: "index-dropped"; readonly table: string; readonly index: string; readonly unique: boolean }
  | {
      readonly change: "constraint-added";
      readonly table: string;
      readonly constraint: string;
      readonly type: string;
      readonly validated: boolean;
      /** It rests on an index that was made for it, not on one that was there. */
      readonly makesIndex: boolean;
    }
  | {
      readonly change: "constraint-dropped";
      readonly table: string;
      readonly constraint: string;
      readonly type: string;
    }
  | { readonly change: "object-dropped"; readonly kind: string; readonly name: string };

/** What became of what was there. Tables and columns are followed by their ids: a new name is no new thing. Pure. */
export function schemaChanges(before: Catalog, after: Catalog): readonly SchemaChange[] {
  const now = byOid(after.tables);
  const kept = before.tables.flatMap((table) => {
    const current = now.get(table.oid);
    return current ? [{ was: table, is: current }] : [];
  });
  const dropped = before.tables.filter(({ oid }) => !now.has(oid));
  return [
    ...dropped.map(({ name }): SchemaChange => ({ change: "table-dropped", table: name })),
    ...kept.flatMap(({ was, is }) => tableChanges(was, is)),
    ...indexChanges(before, after),
    ...constraintChanges(before, after),
    ...objectChanges(before, after),
  ];
}

function tableChanges(was: CatalogTable, is: CatalogTable): readonly SchemaChange[] {
  const table = was.name;
  const columns = new Map(is.columns.map((column) => [column.at, column]));
  const old = new Set(was.columns.map(({ at }) => at));
  return [
    ...(is.name === table ? [] : [{ change: "table-renamed", table, to: is.name } as const]),
    ...(is.file === was.file ? [] : [{ change: "table-moved-to-file", table, bytes: was.bytes } as const]),
    ...(is.rowSecurity && !was.rowSecurity ? [{ change: "row-security-enabled", table } as const] : []),
    ...was.columns.flatMap((column) => columnChanges(table, column, columns.get(column.at))),
    ...is.columns
      .filter(({ at }) => !old.has(at))
      .map((column): SchemaChange => {
        const required = column.notNull && column.default === null && column.generated === "";
        return { change: "column-added", table, column: column.name, required };
      }),
    ...lost(was.grants, is.grants).map((grant): SchemaChange => ({ change: "grant-lost", table, grant })),
  ];
}

function columnChanges(table: string, was: CatalogColumn, is: CatalogColumn | undefined): readonly SchemaChange[] {
  const column = was.name;
  if (!is) return [{ change: "column-dropped", table, column }];
  return [
    ...(is.name === column ? [] : [{ change: "column-renamed", table, column, to: is.name } as const]),
    ...(is.type === was.type
      ? []
      : [{ change: "column-type-changed", table, column, from: was.type, to: is.type } as const]),
    ...(is.notNull && !was.notNull ? [{ change: "column-now-required", table, column } as const] : []),
    ...(was.default !== null && is.default === null && is.generated === ""
      ? [{ change: "default-dropped", table, column } as const]
      : []),
  ];
}

function indexChanges(before: Catalog, after: Catalog): readonly SchemaChange[] {
  const tables = byOid(before.tables);
  const left = new Set(after.tables.map(({ oid }) => oid));
  const [was, is] = [byOid(before.indexes), byOid(after.indexes)];
  const resting = new Set(before.constraints.map(({ index }) => index));
  return [
    ...after.indexes.flatMap(({ oid, table, name, valid }): readonly SchemaChange[] => {
      const of = tables.get(table);
      return of && !was.has(oid) ? [{ change: "index-added", table: of.name, index: name, valid }] : [];
    }),
    ...before.indexes.flatMap((index): readonly SchemaChange[] => {
      const { oid, table, name, unique } = index;
      const of = tables.get(table);
      if (after.indexes.some((one) => isRebuilt(index, one))) return [];
      // With its table or its constraint it goes without saying.
      if (!of || !left.has(table) || is.has(oid) || resting.has(oid)) return [];
      return [{ change: "index-dropped", table: of.name, index: name, unique }];
    }),
  ];
}

/** Tables, by name, that were not there before. */
export function newTables(before: Catalog, after: Catalog): readonly string[] {
  const was = byOid(before.tables);
  return after.tables.filter(({ oid }) => !was.has(oid)).map(({ name }) => name);
}

/** The one is what the other was, under another id: nobody lacks it. */
export function isRebuilt(was: CatalogIndex, is: CatalogIndex): boolean {
  return was.oid !== is.oid && was.table === is.table && was.definition === is.definition;
}

function constraintChanges(before: Catalog, after: Catalog): readonly SchemaChange[] {
  const tables = byOid(before.tables);
  const left = new Set(after.tables.map(({ oid }) => oid));
  const [was, is] = [byOid(before.constraints), byOid(after.constraints)];
  const indexes = byOid(before.indexes);
  return [
    ...after.constraints.flatMap(({ oid, table, name, type, validated, index }): readonly SchemaChange[] => {
      const of = tables.get(table);
      if (!of || was.has(oid)) return [];
      const makesIndex = type !== "f" && index !== 0 && !indexes.has(index);
      return [{ change: "constraint-added", table: of.name, constraint: name, type, validated, makesIndex }];
    }),
    ...before.constraints.flatMap(({ oid, table, name, type }): readonly SchemaChange[] => {
      const of = tables.get(table);
      if (!of || !left.has(table) || is.has(oid)) return [];
      return [{ change: "constraint-dropped", table: of.name, constraint: name, type }];
    }),
  ];
}

function objectChanges(before: Catalog, after: Catalog): readonly SchemaChange[] {
  const keyOf = ({ kind, name }: Catalog["objects"][number]) => `${kind} ${name}`;
  const is = new Set(after.objects.map(keyOf));
  return before.objects
    .filter((object) => !is.has(keyOf(object)))
    .map(({ kind, name }): SchemaChange => ({ change: "object-dropped", kind, name }));
}

function byOid<T extends { readonly oid: number }>(all: readonly T[]): ReadonlyMap<number, T> {
  return new Map(all.map((one) => [one.oid, one]));
}

function lost(before: readonly string[], after: readonly string[]): readonly string[] {
  return before.filter((one) => !after.includes(one));
}
