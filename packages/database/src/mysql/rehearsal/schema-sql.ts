import type { SchemaState } from "../../rehearsal/by-name/state.ts";
import { type MysqlTarget, quoteName, quoteText } from "../target.ts";

/** The first of MySQL's with a dictionary of its own, in which InnoDB's views have other names. */
const withDictionary = 800;

/** Its views of its own tables, by the names that the dictionary has for those. */
const innodb = {
  /** Files of partitions count for their table; the others' names are written as files are. */
  before: `
  select cast(substring_index(n.name, '#P#', 1) as binary) as file, min(n.table_id) as id, sum(s.file_size) as bytes
  from information_schema.innodb_sys_tables n
  left join information_schema.innodb_sys_tablespaces s on s.space = n.space and n.space <> 0
  group by 1
) i on i.file = concat(cast(convert(t.table_schema using filename) as binary), '/', cast(convert(t.table_name using filename) as binary))`,
  /** No character set is that of files any more, and tablespaces have names as people write them. Only a partition's has a `#` in the other. */
  since: `
  select cast(if(n.name like '%#%', substring_index(substring_index(s.name, '#p#', 1), '#P#', 1), coalesce(s.name, n.name)) as binary) as file,
    min(n.table_id) as id, sum(s.file_size) as bytes
  from information_schema.innodb_tables n
  left join information_schema.innodb_tablespaces s on s.space = n.space and s.space_type = 'Single'
  group by 1
) i on i.file = concat(cast(t.table_schema as binary), '/', cast(t.table_name as binary))`,
};

/**
 * One JSON object a line, which `parseState` reads. The id of a table is InnoDB's: it stays with a new name and with a
 * change that only touches definitions, and is another one after all rows were written anew. 0 for other engines.
 *
 * @param major see `parseMajor`
 */
export function stateSql(kind: MysqlTarget["kind"], major: number): string {
  const isNewer = kind === "mysql" && major >= withDictionary;
  // An index may be of an expression, which has no name.
  const part = isNewer ? "coalesce(column_name, concat('(', expression, ')'))" : "column_name";
  return `
set session group_concat_max_len = 1000000;
select json_object('kind', 'table', 'name', t.table_name, 'engine', coalesce(t.engine, ''),
  'bytes', greatest(coalesce(t.data_length, 0) + coalesce(t.index_length, 0), coalesce(i.bytes, 0)), 'id', coalesce(i.id, 0))
from information_schema.tables t
left join (${isNewer ? innodb.since : innodb.before}
where t.table_schema = database() and t.table_type in ('BASE TABLE', 'SYSTEM VERSIONED') order by t.table_name;
select json_object('kind', 'column', 'table', table_name, 'at', ordinal_position, 'name', column_name,
  'type', concat(column_type, if(collation_name is null, '', concat(' collate ', collation_name))),
  'notNull', is_nullable = 'NO', 'default', nullif(column_default, 'NULL'),
  'generated', concat_ws(' ', nullif(generation_expression, ''), if(extra like '%auto_increment%', 'auto_increment', null)))
from information_schema.columns where table_schema = database() order by table_name, ordinal_position;
select json_object('kind', 'index', 'table', table_name, 'name', index_name, 'unique', max(non_unique) = 0, 'type', max(index_type),
  'columns', group_concat(concat(${part}, coalesce(concat('(', sub_part, ')'), '')) order by seq_in_index separator ', '))
from information_schema.statistics where table_schema = database() group by table_name, index_name order by 1;
select json_object('kind', 'constraint', 'table', table_name, 'name', constraint_name,
  'type', if(constraint_type = 'FOREIGN KEY', 'f', 'c'))
from information_schema.table_constraints
where constraint_schema = database() and constraint_type in ('FOREIGN KEY', 'CHECK') order by table_name, constraint_name;
select json_object('kind', 'object', 'what', 'view', 'name', table_name) from information_schema.views where table_schema = database()
union all select json_object('kind', 'object', 'what', 'sequence', 'name', table_name)
  from information_schema.tables where table_schema = database() and table_type = 'SEQUENCE'
union all select json_object('kind', 'object', 'what', lower(routine_type), 'name', routine_name)
  from information_schema.routines where routine_schema = database()
union all select json_object('kind', 'object', 'what', 'trigger', 'name', trigger_name)
  from information_schema.triggers where trigger_schema = database()
union all select json_object('kind', 'object', 'what', 'event', 'name', event_name)
  from information_schema.events where event_schema = database();`;
}

/** One line for each table: its name and, exactly, its number of rows, separated by a tab. */
export function rowsSql({ tables }: SchemaState): string {
  return tables.map(({ name }) => `select hex(${quoteText(name)}), count(*) from ${quoteName(name)};`).join("\n");
}
