import * as z from "zod";
import type { StatementRun } from "../../rehearsal/report.ts";

/** What the server's own record of statements says of one. */
export const statementSchema = z.object({
  /** `null` where it was none of SQL. The server keeps its beginning only. */
  sql: z.string().nullable(),
  /** `alter_table`, `insert`, … */
  kind: z.string(),
  ms: z.number(),
  rows: z.number(),
  /** Number of its error; 0 for none. */
  error: z.number(),
  /** Stages: rows were put into a new table; InnoDB read the table, to build an index or all of it. */
  copied: z.number(),
  built: z.number(),
});

export type ServerStatement = z.output<typeof statementSchema>;

/** How the server changes a table's definition: with a copy, beside those who write, or in the definition alone. */
export type Algorithm = "COPY" | "INPLACE" | "INSTANT";

/** `null` for what changes no table's definition, and for what failed. */
export function algorithmOf({ kind, error, copied, built }: ServerStatement): Algorithm | null {
  if (error !== 0 || !["alter_table", "create_index", "drop_index", "optimize"].includes(kind)) return null;
  if (copied > 0) return "COPY";
  return built > 0 ? "INPLACE" : "INSTANT";
}

/** Changes of a table that exclude everybody from it, if only for a moment. */
const exclusive = ["alter_table", "create_index", "drop_index", "drop_table", "rename_table", "truncate", "optimize"];

export function excludesEverybody({ kind, error }: ServerStatement): boolean {
  return error === 0 && exclusive.includes(kind);
}

const name = /(?:`(?:[^`]|``)+`|[\w$]+)/.source;
const target = new RegExp(
  [
    String.raw`^\s*(?:create\s+(?:or\s+replace\s+)?(?:(?:unique|fulltext|spatial)\s+)?index\b.*?\bon`,
    String.raw`alter\s+(?:online\s+)?(?:ignore\s+)?table(?:\s+if\s+exists)?`,
    String.raw`drop\s+index\b.*?\bon`,
    String.raw`drop\s+(?:temporary\s+)?table(?:\s+if\s+exists)?`,
    String.raw`rename\s+tables?(?:\s+if\s+exists)?`,
    String.raw`truncate(?:\s+table)?`,
    String.raw`optimize\s+(?:no_write_to_binlog\s+|local\s+)?table)\s+(?:${name}\s*\.\s*)?(${name})`,
  ].join("|"),
  "is",
);

/** The table that a statement of the kinds above is about; `null` where its text does not tell. Of several, the first. */
export function tableOf({ sql }: ServerStatement): string | null {
  const [, found] = target.exec((sql ?? "").replaceAll(/\/\*.*?\*\/|^\s*--[^\n]*/gms, " ")) ?? [];
  if (found === undefined) return null;
  return found.startsWith("`") ? found.slice(1, -1).replaceAll("``", "`") : found;
}

/** For the report: in the order of their time, without passwords. */
export function statementRuns(statements: readonly ServerStatement[]): readonly StatementRun[] {
  return statements
    .filter(({ sql }) => sql !== null)
    .map((statement) => {
      const how = algorithmOf(statement);
      return {
        sql: withoutPasswords(statement.sql ?? ""),
        ms: statement.ms,
        calls: 1,
        rows: statement.rows,
        ...(how === null ? {} : { how }),
      };
    })
    .toSorted((a, b) => b.ms - a.ms)
    .slice(0, 100);
}

function withoutPasswords(sql: string): string {
  return sql.replaceAll(/(\b(?:identified\s+(?:by|via|with|as)|password)\b[^'"]*)(?:'[^']*'|"[^"]*")/gi, "$1'***'");
}
