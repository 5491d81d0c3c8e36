import type { Fingerprint } from "../model/fingerprint.ts";
import { digestSql, fromHex, type MysqlTarget, quoteName, quoteText } from "./target.ts";

/** Of the rows of a large table, one of so many is hashed. */
export const sampleRate = 64;

/**
 * Which tables are sampled, and of which system-versioned ones the history is looked at: those over a size and all or none, or those
 * that were when the other fingerprint was taken.
 */
export type Sampling =
  | { readonly aboveBytes: number; readonly withHistory: boolean }
  | { readonly names: readonly string[]; readonly histories: readonly string[] };

/**
 * The text of a value must not depend on who asks, and a wait must end: for a table that somebody alters, after 10 s.
 * MySQL 8 else tells sizes and counters that are up to a day old; MariaDB passes over comments with that version.
 */
export const sameForAll = `
set names utf8mb4; set time_zone = '+00:00'; set sql_mode = ''; set lock_wait_timeout = 10;
set session transaction isolation level repeatable read;
/*!80000 set session information_schema_stats_expiry = 0 */;`;

/** One line by column, in order. */
export const columnsSql = `
select hex(t.table_name), t.table_type, coalesce(e.transactions, ''), coalesce(t.data_length, 0),
  coalesce(t.auto_increment, ''), hex(c.column_name), lower(c.data_type), if(k.column_name is null, 0, 1)
from information_schema.tables t
left join information_schema.engines e on e.engine = t.engine
join information_schema.columns c on c.table_schema = t.table_schema and c.table_name = t.table_name
left join information_schema.key_column_usage k on k.table_schema = t.table_schema and k.table_name = t.table_name
  and k.constraint_name = 'PRIMARY' and k.column_name = c.column_name
where t.table_schema = database() and t.table_type in ('BASE TABLE', 'SYSTEM VERSIONED')
  and coalesce(c.generation_expression, '') = ''
order by t.table_name, c.ordinal_position;`;

export interface TableShape {
  readonly name: string;
  /** Its engine can hold a moment still. */
  readonly transactional: boolean;
  readonly versioned: boolean;
  readonly bytes: number;
  /** The next value, before the dump began; `null` where it has none. */
  readonly autoIncrement: string | null;
  readonly columns: readonly { readonly name: string; readonly type: string; readonly inKey: boolean }[];
}

export function parseShapes(lines: readonly string[]): readonly TableShape[] {
  const tables = new Map<string, TableShape>();
  for (const line of lines) {
    const [table = "", kind, transactions, bytes, next = "", column = "", type = "", key] = line.split("\t");
    const name = fromHex(table);
    const known = tables.get(name);
    tables.set(name, {
      name,
      transactional: transactions === "YES",
      versioned: kind === "SYSTEM VERSIONED",
      bytes: Number(bytes),
      autoIncrement: /^\d+$/.test(next) ? next : null,
      columns: [...(known?.columns ?? []), { name: fromHex(column), type, inKey: key === "1" }],
    });
  }
  return [...tables.values()];
}

/** Types whose text is plain ASCII, whatever a table's character set is. */
const plain = /^(?:tinyint|smallint|mediumint|int|bigint|decimal|float|double|year|date|time|datetime|timestamp)$/;
const spatial = /^(?:geometry|point|linestring|polygon|multi\w+|geom(?:etry)?collection|vector)$/;
/** Of these, a row may hold more than a server puts into one text. */
const long = /^(?:(?:tiny|medium|long)?(?:blob|text)|json)$/;

function textOf({ name, type }: TableShape["columns"][number], kind: MysqlTarget["kind"]): string {
  const column = quoteName(name);
  const digest = (text: string) => digestSql(kind, text);
  if (plain.test(type)) return column;
  if (type === "bit") return `${column} + 0`;
  if (spatial.test(type)) return digest(`hex(${column})`);
  if (long.test(type)) return digest(`cast(${type === "json" ? `cast(${column} as char)` : column} as binary)`);
  if (type === "binary" || type === "varbinary") return `hex(${column})`;
  // Its bytes: texts of two character sets need not go together.
  return `cast(cast(${column} as char) as binary)`;
}

/**
 * Rows of a table, and the sum of 60 bits of each one's digest: one line, separated by a tab. `null`s are told apart from
 * texts by a last part, as joining leaves them out.
 */
export function tableSql(
  table: TableShape,
  { sampled, withHistory }: { readonly sampled: boolean; readonly withHistory: boolean },
  kind: MysqlTarget["kind"],
): string {
  const text = (column: TableShape["columns"][number]) => textOf(column, kind);
  const nulls = table.columns.map(({ name }) => `isnull(${quoteName(name)})`).join(", ");
  const row = `concat_ws('#', ${table.columns.map(text).join(", ")}, concat(${nulls}))`;
  const hash = `cast(conv(left(${digestSql(kind, row)}, 15), 16, 10) as unsigned)`;
  const keys = table.columns.filter(({ inKey }) => inKey).map(text);
  const chosen = sampled ? `if(mod(crc32(concat_ws('#', ${keys.join(", ")})), ${sampleRate}) = 0, ${hash}, 0)` : hash;
  const rows = `${quoteName(table.name)}${withHistory ? " for system_time all" : ""}`;
  return `select count(*), coalesce(sum(${chosen}), 0) from ${rows};`;
}

/** Whether the rows that a table held before are looked at too. */
export function isWithHistory({ name, versioned }: TableShape, sampling: Sampling): boolean {
  return versioned && ("names" in sampling ? sampling.histories.includes(name) : sampling.withHistory);
}

export function isSampled({ name, bytes, columns }: TableShape, sampling: Sampling): boolean {
  if (!columns.some(({ inKey }) => inKey)) return false;
  return "names" in sampling ? sampling.names.includes(name) : bytes > sampling.aboveBytes;
}

export const sequenceNamesSql = `
select hex(table_name) from information_schema.tables
where table_schema = database() and table_type = 'SEQUENCE' order by table_name;`;

/** Where a sequence of MariaDB is, with what it has given out in advance; one line. */
export function sequenceSql(name: string): string {
  return `select next_not_cached_value, increment > 0, cycle_option from ${quoteName(name)};`;
}

export function parseSequence(name: string, line: string): Fingerprint["sequences"][number] {
  const [last = "", ascending, cycles] = line.split("\t");
  return { name, last: /^-?\d+$/.test(last) ? last : null, ascending: ascending === "1", cycles: cycles === "1" };
}

const counted = {
  indexes: "select count(distinct table_name, index_name) from information_schema.statistics where table_schema",
  constraints: "select count(*) from information_schema.table_constraints where constraint_schema",
  views: "select count(*) from information_schema.views where table_schema",
  routines: "select count(*) from information_schema.routines where routine_schema",
  triggers: "select count(*) from information_schema.triggers where trigger_schema",
  // Others end by themselves: at some later moment neither the server nor what is restored has them any more.
  "recurring events":
    "select count(*) from information_schema.events where event_type = 'RECURRING' and ends is null and event_schema",
} as const;

/** As fingerprints of before count them: all, also those that end by themselves. */
const countedBefore = { events: "select count(*) from information_schema.events where event_schema" };

/**
 * How many there are of everything else that a schema holds: one line each.
 *
 * @param sampling of a fingerprint that is compared with another one, that one may be of before
 */
export function objectsSql(sampling: Sampling): string {
  const kinds = "names" in sampling ? { ...counted, ...countedBefore } : counted;
  return Object.entries(kinds)
    .map(([kind, query]) => `select ${quoteText(kind)}, (${query} = database());`)
    .join("\n");
}

export function parseObjects(lines: readonly string[]): Readonly<Record<string, number>> {
  return Object.fromEntries(lines.map((line) => line.split("\t")).map(([kind = "", count]) => [kind, Number(count)]));
}
