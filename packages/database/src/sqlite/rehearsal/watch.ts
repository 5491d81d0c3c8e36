import type { RehearsalWatch } from "../../driver.ts";
import { parseState } from "../../rehearsal/by-name/state.ts";
import type { Catalog, CatalogTable } from "../../rehearsal/catalog.ts";
import { mostComparedBytes } from "../../rehearsal/compared-rows.ts";
import { differenceOf } from "../../rehearsal/left-behind.ts";
import { fromHex } from "../fingerprint-sql.ts";
import type { SqliteTool } from "../tool.ts";
import { type ChangedRows, catalogsOf, type Moment, sqliteObservations } from "./observations.ts";
import { beforeName, rowComparison } from "./rows-sql.ts";
import { bytesSql, factsSql, faultsSql, rowsSql, stateSql } from "./schema-sql.ts";

export interface WatchedFiles {
  readonly clone: string;
  /** The same database as it was before. */
  readonly restored: string;
}

/** Looks at the clone now, and again when it is asked. No migration runs at either time. */
export async function watch(tool: SqliteTool, files: WatchedFiles, signal?: AbortSignal): Promise<RehearsalWatch> {
  const before = await look(tool, files.clone, signal);
  const lookAgain = async () => {
    const after = await look(tool, files.clone, signal);
    return { after, changed: await changedRows(tool, files, before, after, signal) };
  };
  return {
    finish: async () => sqliteObservations({ before, ...(await lookAgain()) }),
    async difference() {
      const { after, changed } = await lookAgain();
      const catalogs = catalogsOf(before, after);
      const nameIn = ({ tables }: Catalog) => {
        const names = new Map(tables.map(({ oid, name }) => [oid, name]));
        return (oid: number) => names.get(oid) ?? "";
      };
      const [was, is] = [nameIn(catalogs.before), nameIn(catalogs.after)];
      return differenceOf(catalogs.before, catalogs.after, {
        rowsBefore: (oid) => before.rows.get(was(oid)) ?? 0,
        rowsAfter: (oid) => after.rows.get(is(oid)) ?? 0,
        valuesChanged: (oid) => (changed.get(was(oid))?.updated ?? 0) > 0,
      });
    },
  };
}

async function look(tool: SqliteTool, file: string, signal: AbortSignal | undefined): Promise<Moment> {
  const told = await tool.query(file, [...stateSql, ...factsSql], signal);
  const state = parseState(told.filter((line) => line.startsWith("{")));
  const [[tellsPages, all = "0", movesPages] = []] = fieldsOf(told, "file");
  const counts = state.tables.map(({ name }) => rowsSql(name));
  const asked = [...(tellsPages === "1" ? [bytesSql] : []), ...counts, ...faultsSql];
  const counted = await tool.query(file, asked, signal);
  const sizes = numbers(counted, "bytes");
  // Where nobody tells, each table is taken for as large as the file.
  const bytesOf = (name: string) => (tellsPages === "1" ? (sizes.get(name) ?? 0) : Number(all));
  const keys = new Map<string, readonly string[]>();
  for (const [table = "", column = ""] of fieldsOf(told, "key").map((names) => names.map(fromHex))) {
    keys.set(table, [...(keys.get(table) ?? []), column]);
  }
  return {
    state: { ...state, tables: state.tables.map((table) => ({ ...table, bytes: bytesOf(table.name) })) },
    rows: numbers(counted, "rows"),
    keys,
    movesPages: movesPages === "1",
    faults: numbers(counted, "fault"),
  };
}

/** Compares row by row what is there still with what it was. */
async function changedRows(
  tool: SqliteTool,
  { clone, restored }: WatchedFiles,
  before: Moment,
  after: Moment,
  signal: AbortSignal | undefined,
): Promise<ReadonlyMap<string, ChangedRows>> {
  const catalogs = catalogsOf(before, after);
  const now = new Map(catalogs.after.tables.map((table) => [table.oid, table]));
  const compared = catalogs.before.tables.flatMap((was) => {
    const is = now.get(was.oid);
    const how = is && was.bytes <= mostComparedBytes ? rowComparison(was, is, before.keys.get(was.name) ?? []) : null;
    return is && how ? [{ was, is, how }] : [];
  });
  if (compared.length === 0) return new Map();
  const statements = compared.flatMap(({ how }) => [
    how.updated,
    how.inserted ?? "select 0;",
    how.deleted ?? "select 0;",
  ]);
  const attach = `attach database '${restored.replaceAll("'", "''")}' as ${beforeName};`;
  const counts = (await tool.query(clone, [attach, ...statements], signal)).map(Number);
  const changed = compared.map(({ was, is, how }, index): readonly [string, ChangedRows] => {
    const [updated = 0, inserted = 0, deleted = 0] = counts.slice(index * 3, index * 3 + 3);
    if (how.inserted !== undefined) return [was.name, { updated, inserted, deleted }];
    return [was.name, { updated, ...grownBy(rowsOf(after, is) - rowsOf(before, was)) }];
  });
  return new Map(changed);
}

function rowsOf({ rows }: Moment, { name }: CatalogTable): number {
  return rows.get(name) ?? 0;
}

function grownBy(rows: number): Pick<ChangedRows, "inserted" | "deleted"> {
  return { inserted: Math.max(0, rows), deleted: Math.max(0, -rows) };
}

/** What follows the first field, of the lines that begin with it. */
function fieldsOf(lines: readonly string[], first: string): readonly (readonly string[])[] {
  return lines.flatMap((line) => (line.startsWith(`${first}\t`) ? [line.split("\t").slice(1)] : []));
}

function numbers(lines: readonly string[], first: string): ReadonlyMap<string, number> {
  return new Map(fieldsOf(lines, first).map(([name = "", count]) => [fromHex(name), Number(count)]));
}
