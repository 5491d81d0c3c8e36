import { inUsersTables, quoteName } from "../fingerprint-sql.ts";

/** What a virtual table keeps its content in belongs to it, and is no table of anybody's. */
const parts = "'data', 'idx', 'content', 'docsize', 'config', 'segments', 'segdir', 'stat', 'node', 'rowid', 'parent'";
const inTables =
  `${inUsersTables} and not exists (select 1 from sqlite_schema v where v.sql like 'create virtual table%' ` +
  `and substr(m.name, 1, length(v.name) + 1) = v.name || '_' and substr(m.name, length(v.name) + 2) in (${parts}))`;

/**
 * One JSON object a line, which `parseState` reads. The id of a table is its root page: it stays with a new name, and is
 * another one where the table was made anew beside the old one, as SQLite's documentation has it for most changes.
 */
export const stateSql: readonly string[] = [
  `select json_object('kind', 'table', 'name', m.name, 'engine', '', 'bytes', 0, 'id', m.rootpage) from sqlite_schema m where m.${inTables} order by m.name;`,
  "select json_object('kind', 'column', 'table', m.name, 'at', c.cid + 1, 'name', c.name, 'type', lower(c.type), 'notNull', c.\"notnull\", " +
    "'default', nullif(c.dflt_value, 'NULL'), 'generated', case when c.hidden > 1 then 'generated' when c.pk > 0 and lower(c.type) = 'integer' then 'rowid' else '' end) " +
    `from sqlite_schema m join pragma_table_xinfo(m.name) c on c.hidden <> 1 where m.${inTables} order by m.name, c.cid;`,
  "select json_object('kind', 'index', 'table', m.name, 'name', i.name, 'unique', i.\"unique\", 'type', iif(i.partial, 'partial', ''), 'columns', " +
    // What an index of expressions or of some rows is, only its text says.
    "iif(i.partial or exists (select 1 from pragma_index_xinfo(i.name) x where x.key and x.cid = -2), " +
    "(select substr(s.sql, instr(s.sql, '(')) from sqlite_schema s where s.type = 'index' and s.name = i.name), " +
    "(select group_concat(x.name, ', ') from pragma_index_xinfo(i.name) x where x.key))) " +
    `from sqlite_schema m join pragma_index_list(m.name) i where m.${inTables} order by m.name, i.name;`,
  "select json_object('kind', 'constraint', 'table', m.name, 'name', '(' || group_concat(f.\"from\", ', ') || ') references ' || f.\"table\", 'type', 'f') " +
    `from sqlite_schema m join pragma_foreign_key_list(m.name) f where m.${inTables} group by m.name, f.id order by m.name, f.id;`,
  "select json_object('kind', 'object', 'what', iif(type = 'table', 'virtual table', type), 'name', name) from sqlite_schema " +
    "where type in ('view', 'trigger') or sql like 'create virtual table%' order by name;",
];

/**
 * Lines of fields separated by tabs. `file`: 1 where SQLite tells which pages belong to what, the bytes of the whole file, and 1
 * where it moves pages by itself. `key`: table and column of a primary key, in its order; names in hexadecimal digits.
 */
export const factsSql: readonly string[] = [
  "select 'file', sqlite_compileoption_used('ENABLE_DBSTAT_VTAB'), page_count * page_size, auto_vacuum > 0 from pragma_page_count, pragma_page_size, pragma_auto_vacuum;",
  `select 'key', hex(m.name), hex(c.name) from sqlite_schema m join pragma_table_xinfo(m.name) c on c.pk > 0 where m.${inTables} order by m.name, c.pk;`,
];

/** `bytes`: a table, in hexadecimal digits, and what it has with its indexes. */
export const bytesSql =
  "select 'bytes', hex(s.tbl_name), sum(d.pgsize) from (select name, pgsize from dbstat where aggregate = true) d join sqlite_schema s on s.name = d.name group by s.tbl_name;";

/** `rows`: the table, in hexadecimal digits, and how many it has. */
export function rowsSql(table: string): string {
  return `select 'rows', '${Buffer.from(table).toString("hex")}', count(*) from ${quoteName(table)};`;
}

/** `fault`: what is wrong with the content, in hexadecimal digits, and how often. */
export const faultsSql: readonly string[] = [
  "select 'fault', hex('rows of ' || \"table\" || ' refer to ' || parent || ', which has no such row'), count(*) from pragma_foreign_key_check group by \"table\", parent;",
  "select 'fault', hex(integrity_check), 1 from pragma_integrity_check where integrity_check <> 'ok';",
];
