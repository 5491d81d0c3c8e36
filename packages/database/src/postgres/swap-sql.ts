import { isInTheWay, mayEnd, sessionText } from "./may-end.ts";
import { quoteName, quoteText, sessionPrefix } from "./target.ts";

const comment = "shobj_description(oid, 'pg_database')";

/**
 * What the comment of the database that is to take the place begins with while nobody may connect to the live one: by it a
 * swap that died is told from a database that somebody has closed.
 */
const markOf = (live: string) => `sluice puts it in the place of ${live}: `;

/** For a block that declares `marked record`. The comments are what they were. */
function unmark(live: string): string {
  const mark = quoteText(markOf(live));
  return `
  for marked in select datname, substr(${comment}, length(${mark}) + 1) as kept from pg_database
    where left(${comment}, length(${mark})) = ${mark} loop
    execute format('comment on database %I is %L', marked.datname, nullif(marked.kept, ''));
  end loop;`;
}

const alter = (name: string, change: string) => `execute ${quoteText(`alter database ${quoteName(name)} ${change}`)};`;

/**
 * Puts one database in the place of another: nobody may connect, sessions are ended, two renames in one transaction. All
 * of it is one statement: once the server has it, it is done or taken back even if whoever sent it dies. Where the server dies
 * in it, see `openSql`.
 *
 * @param live the database in use; nothing may connect to it meanwhile
 * @param fresh takes its name
 * @param old what the live one is called afterwards; nobody can connect to it
 */
export function swapSql(live: string, fresh: string, old: string): string {
  const both = `datname in (${quoteText(live)}, ${quoteText(fresh)})`;
  return `
do $sluice$
declare
  waited int := 0;
  failure text;
  detail text;
  marked record;
begin
  ${unmark(live)}
  execute format('comment on database %I is %L', ${quoteText(fresh)}, ${quoteText(markOf(live))} ||
    coalesce((select ${comment} from pg_database where datname = ${quoteText(fresh)}), ''));
  ${alter(live, "with allow_connections false")}
  commit;
  loop
    perform pg_terminate_backend(pid) from pg_stat_activity where ${both} and ${mayEnd};
    perform pg_stat_clear_snapshot();
    exit when not exists (select from pg_stat_activity where ${both} and ${isInTheWay});
    waited := waited + 1;
    if waited > 500 then
      select 'sessions did not end within 10 s: ' || string_agg(${sessionText} ||
          case when ${mayEnd} then '' else format(', which %s may not end', current_user) end, '; ' order by pid)
        into failure from pg_stat_activity where ${both} and ${isInTheWay};
      exit;
    end if;
    perform pg_sleep(0.02);
  end loop;
  if failure is null then
    begin
      ${alter(live, `rename to ${quoteName(old)}`)}
      ${alter(fresh, `rename to ${quoteName(live)}`)}
      ${alter(live, "with allow_connections true")}
      ${unmark(live)}
    exception when others then
      get stacked diagnostics detail = pg_exception_detail;
      failure := concat_ws(': ', sqlerrm, nullif(detail, ''));
    end;
  end if;
  if failure is not null then
    ${alter(live, "with allow_connections true")}
    ${unmark(live)}
    commit;
    raise exception '%', failure;
  end if;
end $sluice$;`;
}

/** Gives up a swap that ended between its two transactions: the live database takes connections again. */
export function openSql(live: string): string {
  return `
do $sluice$
declare
  marked record;
begin
  ${alter(live, "with allow_connections true")}
  ${unmark(live)}
end $sluice$;`;
}

/** Sessions that may be swapping: they go on in the server when whoever began it is dead. */
const swapping = `select from pg_stat_activity where application_name like '${sessionPrefix}restore-%'
  and datname = current_database() and pid <> pg_backend_pid()`;

/** Waits until no swap goes on in the server, for at least 30 s. */
export const settleSql = `
do $sluice$
begin
  for looks in 1..1500 loop
    if not exists (${swapping}) then return; end if;
    perform pg_sleep(0.02);
    perform pg_stat_clear_snapshot();
  end loop;
  raise exception 'the session that swaps databases does not end';
end $sluice$;`;

/** What is to take the place of a database that nobody may connect to, behind a `t` where that goes on now and an `f` else. */
export function leftSql(live: string): string {
  const mark = quoteText(markOf(live));
  return `
select case when exists (${swapping}) then 't' else 'f' end || datname from pg_database
  where left(${comment}, length(${mark})) = ${mark}
  and exists (select from pg_database where datname = ${quoteText(live)} and not datallowconn);`;
}
