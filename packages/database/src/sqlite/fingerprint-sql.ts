import { SluiceError } from "@sluice/core";
import type { Fingerprint } from "../model/fingerprint.ts";
import type { SqliteTool } from "./tool.ts";

export const quoteName = (name: string) => `"${name.replaceAll('"', '""')}"`;
export const fromHex = (digits: string) => Buffer.from(digits, "hex").toString("utf8");

/** Content of virtual tables is in tables of their own; those of SQLite itself are no content. */
export const inUsersTables = `type = 'table' and m.name not like 'sqlite\\_%' escape '\\' and m.sql not like 'create virtual table%'`;
/** One line by column, in order. */
const columnsSql =
  "select hex(m.name), hex(c.name) from sqlite_schema m join pragma_table_xinfo(m.name) c on c.hidden = 0 " +
  `where m.${inUsersTables} order by m.name, c.cid;`;
const countSql = (kind: string) => `select '${kind}', count(*) from sqlite_schema where type = '${kind}';`;
const factsSql = [
  countSql("index"),
  countSql("view"),
  countSql("trigger"),
  "select 'virtual', count(*) from sqlite_schema where sql like 'create virtual table%';",
  "select 'user_version', user_version from pragma_user_version;",
  "select 'numbered', count(*) from sqlite_schema where name = 'sqlite_sequence';",
];

/** The number that hexadecimal digits are. SQLite has no function for it. */
function numberSql(digits: string): string {
  const places = [7, 6, 5, 4, 3, 2, 1, 0];
  const digit = (at: number) => `((instr('0123456789ABCDEF', substr(${digits}, ${8 - at}, 1)) - 1) << ${at * 4})`;
  return `(${places.map(digit).join(" + ")})`;
}

/** One expression of at least one. As a tree, which associative operators allow: SQLite takes none that is deeper than 1000. */
export function joinedSql(parts: readonly string[], operator: string): string {
  const [first = "", second] = parts;
  if (second === undefined) return first;
  const half = parts.length >> 1;
  return `(${joinedSql(parts.slice(0, half), operator)} ${operator} ${joinedSql(parts.slice(half), operator)})`;
}

/**
 * One line: rows, and two sums of 32 bits of each one's SHA-3; more of them would not fit into SQLite's integers. With a limit, each hash is
 * computed once; else SQLite puts it into every place that reads it. Of bytes: not every text is one in the tool's language.
 */
export function tableSql(table: string, columns: readonly string[]): string {
  const values = columns.map((name) => `quote(${quoteName(name)})`);
  const row = joinedSql(values, "|| ',' ||");
  const sums = [numberSql("substr(h, 1, 8)"), numberSql("substr(h, 9, 8)")].map((sum) => `coalesce(sum(${sum}), 0)`);
  return `select count(*), ${sums.join(" || ':' || ")} from (select hex(sha3(cast(${row} as blob), 256)) as h from ${quoteName(table)} limit -1);`;
}

/** What a database holds. Nobody may write to it meanwhile: it is asked table by table. */
export async function takeFingerprint(tool: SqliteTool, file: string, signal?: AbortSignal): Promise<Fingerprint> {
  const [shapes, facts] = parseShapes(await tool.query(file, [columnsSql, ...factsSql], signal));
  const count = (kind: string) => Math.max(0, facts.get(kind) ?? 0);
  const sums = [...shapes].map(([name, columns]) => tableSql(name, columns));
  const numbered = count("numbered") > 0 ? ["select hex(name), seq from sqlite_sequence;"] : [];
  const lines = await tool.query(file, [...sums, ...numbered], signal);
  const sequences = lines.slice(sums.length);
  const tables = [...shapes.keys()].map((name, index) => {
    const [rows, hash = "0"] = lines[index]?.split("\t") ?? [];
    return { name, rows: Number(rows), hash, sampled: false };
  });
  return {
    tables,
    sequences: sequences.map((line) => {
      const [name = "", last = "0"] = line.split("\t");
      return { name: `${fromHex(name)} (autoincrement)`, last, ascending: true, cycles: false };
    }),
    largeObjects: 0,
    objects: {
      indexes: count("index"),
      views: count("view"),
      triggers: count("trigger"),
      "virtual tables": count("virtual"),
      "as user_version": count("user_version"),
    },
    extensions: {},
    notCovered: [
      "definitions of views, triggers and constraints (they are counted)",
      "what a text holds behind a NUL character",
    ],
  };
}

/** Columns by table, and what is known besides. */
function parseShapes(
  lines: readonly string[],
): readonly [ReadonlyMap<string, readonly string[]>, ReadonlyMap<string, number>] {
  const shapes = new Map<string, readonly string[]>();
  const facts = new Map<string, number>();
  for (const [name = "", value = ""] of lines.map((line) => line.split("\t"))) {
    if (/^[a-z_]+$/.test(name)) facts.set(name, Number(value));
    else shapes.set(fromHex(name), [...(shapes.get(fromHex(name)) ?? []), fromHex(value)]);
  }
  return [shapes, facts];
}

/** An index may be sorted, and a constraint checked, by what an application adds to its own connections. */
const missingPart = /(?:no such collation sequence|(?:no such|unknown) function): .*/;

/**
 * @returns what could not be looked at, for people
 * @throws SluiceError BACKUP_CORRUPT, with what SQLite finds wrong
 */
export async function assertIntact(tool: SqliteTool, file: string, signal?: AbortSignal): Promise<readonly string[]> {
  let lines: readonly string[];
  try {
    lines = await tool.query(file, ["pragma integrity_check(20);"], signal);
  } catch (error) {
    const [missing] = missingPart.exec((error as Error).message) ?? [];
    if (missing === undefined) throw error;
    return [`pages and indexes of the file, which SQLite cannot check without the application (${missing})`];
  }
  const found = lines.filter((line) => line !== "ok");
  if (found.length === 0) return [];
  throw new SluiceError("BACKUP_CORRUPT", `the database is damaged: ${found[0]}`, {
    hint: "it was damaged when it was backed up: look at the live one (pragma integrity_check), and at older backups",
    detail: found.join("\n"),
  });
}
