import { innodbTimeSql } from "../innodb-time.ts";
import { quoteText } from "../target.ts";

/** Options of a server that keeps a record of statements, of their stages, and of who holds which table. */
export const watchSettings = [
  "--performance-schema=ON",
  "--performance-schema-consumer-events-statements-current=ON",
  "--performance-schema-consumer-events-statements-history-long=ON",
  "--performance-schema-events-statements-history-long-size=10000",
  "--performance-schema-consumer-events-stages-current=ON",
  "--performance-schema-consumer-events-stages-history-long=ON",
  "--performance-schema-events-stages-history-long-size=50000",
  "--performance-schema-instrument=stage/sql/copy to tmp table=ON",
  "--performance-schema-instrument=stage/innodb/alter%=ON",
  "--performance-schema-instrument=wait/io/table/sql/handler=ON",
  "--performance-schema-instrument=wait/lock/metadata/sql/mdl=ON",
];

/** From now on. */
export const forgetSql = `
truncate table performance_schema.events_statements_history_long;
truncate table performance_schema.events_stages_history_long;
truncate table performance_schema.table_io_waits_summary_by_table;`;

/**
 * One JSON object a line, the first first: statements of everybody who used the database, prepared ones where they are executed, and
 * what a procedure changes of definitions.
 */
export function statementsSql(database: string): string {
  const stages = (pattern: string) => `(select count(*) from performance_schema.events_stages_history_long g
    where g.thread_id = s.thread_id and g.nesting_event_id = s.event_id and g.event_name like '${pattern}')`;
  return `select json_object('sql', left(s.sql_text, 2000), 'kind', substring_index(s.event_name, '/', -1),
  'ms', round(s.timer_wait / 1000000000, 1), 'rows', s.rows_affected, 'error', coalesce(s.mysql_errno, 0),
  'copied', ${stages("stage/sql/copy to tmp table")}, 'built', ${stages("stage/innodb/alter%")})
from performance_schema.events_statements_history_long s
where (s.event_name like 'statement/sql/%' or s.event_name = 'statement/com/Execute'
    or (s.event_name = 'statement/sp/stmt' and s.sql_text regexp '^[[:space:]]*(alter|create|drop|rename|truncate|optimize)'))
  and s.event_name not in ('statement/sql/prepare_sql', 'statement/sql/dealloc_sql') and s.current_schema = ${quoteText(database)} order by s.timer_start;`;
}

/** One JSON object a line: how many rows of each table were inserted, updated and deleted. */
export function activitySql(database: string): string {
  return `select json_object('table', object_name, 'inserted', count_insert, 'updated', count_update, 'deleted', count_delete)
from performance_schema.table_io_waits_summary_by_table where object_schema = ${quoteText(database)};`;
}

/** One JSON object a line: locks on tables that keep writers or everybody out, now. */
export function locksSql(database: string): string {
  return `select json_object('thread', owner_thread_id, 'table', object_name, 'mode', lock_type)
from performance_schema.metadata_locks where object_type = 'TABLE' and object_schema = ${quoteText(database)}
  and lock_status = 'GRANTED' and lock_type in ('SHARED_NO_WRITE', 'SHARED_NO_READ_WRITE', 'EXCLUSIVE');`;
}

/** The longest transaction of the database that is open, as one JSON object; no line where there is none. */
export const longestTransactionSql = `
${innodbTimeSql}
select json_object('ms', timestampdiff(microsecond, t.trx_started, now(6)) / 1000, 'application', coalesce(p.user, 'somebody'))
from information_schema.innodb_trx t join information_schema.processlist p on p.id = t.trx_mysql_thread_id
where t.trx_mysql_thread_id <> connection_id() and p.db = database()
order by t.trx_started limit 1;`;
