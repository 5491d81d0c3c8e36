import * as z from "zod";
import type { StatementRun } from "../../rehearsal/report.ts";

/** What the server's own record of statements says of one. */
export const statementSchema = z.lazy(() =>
  z.object({
    /** `null` where the server keeps none: of what MariaDB executes prepared. It keeps its beginning only. */
    sql: z.string().nullable(),
    /** `alter_table`, `insert`, …; of a prepared one how it was executed: `Execute`, `execute_sql`, `execute_immediate`; in a procedure `stmt`. */
    kind: z.string(),
    ms: z.number(),
    rows: z.number(),
    /** Number of its error; 0 for none. */
    error: z.number(),
    /** Stages: rows were put into a new table; InnoDB read the table, to build an index or all of it. */
    copied: z.number(),
    built: z.number(),
  }),
);

export type ServerStatement = z.output<typeof statementSchema>;

/** How the server changes a table's definition: with a copy, beside those who write, or in the definition alone. */
export type Algorithm = "COPY" | "INPLACE" | "INSTANT";

/** `null` for what changes no table's definition, and for what failed. What a server keeps no text of shows by its stages only. */
export function algorithmOf(statement: ServerStatement): Algorithm | null {
  const { error, copied, built } = statement;
  if (error !== 0) return null;
  const isChange = ["alter_table", "create_index", "drop_index", "optimize"].includes(kindOf(statement));
  if (!isChange && !(isHidden(statement) && copied + built > 0)) return null;
  if (copied > 0) return "COPY";
  return built > 0 ? "INPLACE" : "INSTANT";
}

/** It was executed prepared, and what it was the server did not keep, or its text does not say. */
export function isHidden({ sql, kind }: ServerStatement): boolean {
  return wrapped.includes(kind) && (sql === null || /^\s*execute\b/i.test(sql));
}

/** Changes of a table that exclude everybody from it, if only for a moment. */
const exclusive = ["alter_table", "create_index", "drop_index", "drop_table", "rename_table", "truncate", "optimize"];

export function excludesEverybody(statement: ServerStatement): boolean {
  return statement.error === 0 && exclusive.includes(kindOf(statement));
}

const wrapped: readonly string[] = ["Execute", "execute_sql", "execute_immediate", "stmt"];

const name = /(?:`(?:[^`]|``)+`|[\w$]+)/.source;
/** By kind, how its text begins, up to the table. */
const beginnings = {
  create_index: String.raw`create\s+(?:or\s+replace\s+)?(?:(?:unique|fulltext|spatial)\s+)?index\b.*?\bon`,
  alter_table: String.raw`alter\s+(?:online\s+)?(?:ignore\s+)?table(?:\s+if\s+exists)?`,
  drop_index: String.raw`drop\s+index\b.*?\bon`,
  drop_table: String.raw`drop\s+(?:temporary\s+)?table(?:\s+if\s+exists)?`,
  rename_table: String.raw`rename\s+tables?(?:\s+if\s+exists)?`,
  truncate: String.raw`truncate(?:\s+table)?`,
  optimize: String.raw`optimize\s+(?:no_write_to_binlog\s+|local\s+)?table`,
};
const kinds = Object.entries(beginnings).map(([kind, text]) => [kind, new RegExp(`^\\s*${text}\\s`, "is")] as const);
const target = new RegExp(
  String.raw`^\s*(?:${Object.values(beginnings).join("|")})\s+(?:${name}\s*\.\s*)?(${name})`,
  "is",
);

/** What it is, also where it was executed prepared or in a procedure. */
export function kindOf({ sql, kind }: ServerStatement): string {
  if (!wrapped.includes(kind)) return kind;
  return kinds.find(([, beginning]) => beginning.test(withoutComments(sql)))?.[0] ?? kind;
}

function withoutComments(sql: string | null): string {
  return (sql ?? "").replaceAll(/\/\*.*?\*\/|^\s*--[^\n]*/gms, " ");
}

/** The table that a statement of the kinds above is about; `null` where its text does not tell. Of several, the first. */
export function tableOf({ sql }: ServerStatement): string | null {
  const [, found] = target.exec(withoutComments(sql)) ?? [];
  if (found === undefined) return null;
  return found.startsWith("`") ? found.slice(1, -1).replaceAll("``", "`") : found;
}

/** For the report: in the order of their time, without passwords. */
export function statementRuns(statements: readonly ServerStatement[]): readonly StatementRun[] {
  return statements
    .filter((one) => one.sql !== null || (isHidden(one) && algorithmOf(one) !== null))
    .map((statement) => {
      const how = algorithmOf(statement);
      return {
        sql: statement.sql === null ? "(prepared: the server keeps no text of it)" : withoutPasswords(statement.sql),
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
