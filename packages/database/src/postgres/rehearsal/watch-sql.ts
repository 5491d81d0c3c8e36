import { eventMarker } from "../../rehearsal/ddl-events.ts";
import { quoteText } from "../target.ts";
import { watchSchema } from "./catalog-sql.ts";
import { sentSqlPrefix } from "./sent-sql.ts";

/** In what our triggers ask: the server counts that too, and keeps comments. */
const ours = "/* sluice-watch */";

/**
 * Event triggers that write into the server's log, which no rollback takes back: what statement changes what, what its
 * transaction has locked, and which tables are written anew. The migration sees nothing of it.
 *
 * @param watch tells its events from those of others on the same server
 */
export const watchSql = (watch: string) => `
create schema ${watchSchema};
create function ${watchSchema}.tell() returns event_trigger language plpgsql set search_path = pg_catalog as $sluice$
declare
  names text[] := '{}';
  ids bigint[] := '{}';
  rewritten bigint := 0;
  why int := 0;
begin
  if tg_event = 'ddl_command_end' then
    select ${ours} coalesce(array_agg(distinct object_identity), '{}'), coalesce(array_agg(distinct objid::bigint), '{}')
      into names, ids from pg_event_trigger_ddl_commands();
  elsif tg_event = 'table_rewrite' then
    rewritten := pg_event_trigger_table_rewrite_oid();
    why := pg_event_trigger_table_rewrite_reason();
  end if;
  raise log '${eventMarker} %', jsonb_build_object(${ours}
    'watch', ${quoteText(watch)},
    'event', case tg_event when 'ddl_command_start' then 'start' when 'ddl_command_end' then 'end' else 'rewrite' end,
    'xid', txid_current()::text,
    'at', extract(epoch from clock_timestamp()) * 1000,
    'began', extract(epoch from now()) * 1000,
    'tag', tg_tag,
    'objects', names,
    'ids', ids,
    'table', rewritten,
    'reason', why,
    'locks', (
      select coalesce(jsonb_agg(jsonb_build_object('table', l.relation::bigint, 'mode', l.mode)), '[]')
      from pg_locks l join pg_class c on c.oid = l.relation
      where l.pid = pg_backend_pid() and l.locktype = 'relation' and l.granted and c.relkind in ('r', 'p', 'm')
        and l.mode in ('ShareLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock')
        and l.relation >= 16384),
    'pending', (
      select coalesce(jsonb_agg(oid::bigint), '[]') from pg_constraint
      where not convalidated and tg_event = 'ddl_command_end'),
    'checked', (
      select coalesce(jsonb_agg(format('%I.%I.%s', n.nspname, c.relname, a.attname)), '[]')
      from pg_constraint o join pg_class c on c.oid = o.conrelid join pg_namespace n on n.oid = c.relnamespace
      join pg_attribute a on a.attrelid = o.conrelid and o.conkey = array[a.attnum]
      where o.contype = 'c' and o.convalidated and tg_event = 'ddl_command_start'
        and pg_get_constraintdef(o.oid) = format('CHECK ((%I IS NOT NULL))', a.attname)));
end $sluice$;
create event trigger sluice_start on ddl_command_start execute function ${watchSchema}.tell();
create event trigger sluice_end on ddl_command_end execute function ${watchSchema}.tell();
create event trigger sluice_rewrite on table_rewrite execute function ${watchSchema}.tell();`;

/** Writes a mark into the server's log. */
export const markSql = (mark: string) => `do $sluice$ begin raise log '%', ${quoteText(mark)}; end $sluice$;`;

/** What the server writes of itself must be where it is read, and must not drown what is looked for. */
export const watchSettings = [
  "track_commit_timestamp=on",
  "logging_collector=off",
  "log_destination=stderr",
  "log_error_verbosity=terse",
  "log_min_error_statement=panic",
  "log_min_messages=warning",
  // What is sent to be looked at as SQL; in the language that is looked for.
  "log_statement=ddl",
  `log_line_prefix=${sentSqlPrefix}`,
  "lc_messages=C",
  "log_min_duration_statement=-1",
  "log_checkpoints=off",
  "log_autovacuum_min_duration=-1",
];

/** One JSON object: when transactions were committed, in milliseconds since 1970, by their ids; and the time now. */
export function endsSql(xids: readonly string[]): string {
  const ids = xids.map(quoteText).join(", ");
  // Commit times are asked for by the 32 bits that the server keeps.
  return `select json_build_object(
    'over', extract(epoch from clock_timestamp()) * 1000,
    'committed', (select coalesce(json_object_agg(x, extract(epoch from t) * 1000), '{}')
      from unnest(array[${ids}]::text[]) x, pg_xact_commit_timestamp((x::bigint & 4294967295)::text::xid) t
      where t is not null));`;
}

/** One JSON object a line, the longest first; without our own, and without passwords, which the server does not replace. Columns came and went between versions of the extension. */
export function statementsSql(database: string): string {
  return `select json_build_object(
    'sql', regexp_replace(coalesce(j ->> 'query', ''), $r$(password\\s+)'[^']*'$r$, $r$\\1'***'$r$, 'gi'), 'ms', coalesce(j ->> 'total_exec_time', j ->> 'total_time')::float,
    'longestMs', coalesce(j ->> 'max_exec_time', j ->> 'max_time')::float, 'calls', (j ->> 'calls')::int, 'rows', (j ->> 'rows')::bigint)
  from pg_stat_statements s join pg_database d on d.oid = s.dbid cross join lateral to_jsonb(s) j
  where d.datname = ${quoteText(database)} and strpos(coalesce(j ->> 'query', ''), ${quoteText(ours)}) = 0
  order by coalesce(j ->> 'total_exec_time', j ->> 'total_time')::float desc limit 100;`;
}

/** The longest transaction of the database that is not ours, as one JSON object; no line where there is none. */
export const longestTransactionSql = `
select json_build_object(
  'ms', extract(epoch from clock_timestamp() - xact_start) * 1000,
  'application', coalesce(nullif(application_name, ''), usename, backend_type))
from pg_stat_activity
where datname = current_database() and xact_start is not null and pid <> pg_backend_pid()
  and application_name not like 'sluice-%' and backend_type = 'client backend'
order by xact_start limit 1;`;

/** Lets everybody in who can reach the server, without a password: the backup holds none, and only the rehearsal can. */
export const openDoorsSql = `
do $sluice$ begin
  execute format('copy (values (%L), (%L)) to %L', 'local all all trust', 'host all all all trust', current_setting('hba_file'));
end $sluice$;
select pg_reload_conf();`;
