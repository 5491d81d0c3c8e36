import type { ContainerExec } from "@sluice/core";
import { SluiceError } from "@sluice/core";
import { type PsqlOptions, type PsqlSession, runSql } from "./psql.ts";
import { settingSql } from "./settings-sql.ts";
import { maintenance, type PostgresTarget, quoteName, quoteText } from "./target.ts";

/**
 * Puts one database in the place of another: nobody may connect, sessions are ended, two renames in one transaction. All
 * of it is one statement: once the server has it, it is done or taken back even if whoever sent it dies.
 *
 * @param live the database in use; nothing may connect to it meanwhile
 * @param fresh takes its name
 * @param old what the live one is called afterwards; nobody can connect to it
 */
export function swapSql(live: string, fresh: string, old: string): string {
  const alter = (name: string, change: string) =>
    `execute ${quoteText(`alter database ${quoteName(name)} ${change}`)};`;
  const both = `datname in (${quoteText(live)}, ${quoteText(fresh)})`;
  return `
do $sluice$
declare
  waited int := 0;
  failure text;
begin
  ${alter(live, "with allow_connections false")}
  commit;
  loop
    perform pg_terminate_backend(pid) from pg_stat_activity where ${both} and pid <> pg_backend_pid();
    perform pg_stat_clear_snapshot();
    exit when not exists (select from pg_stat_activity where ${both});
    waited := waited + 1;
    if waited > 500 then failure := 'sessions did not end within 10 s'; exit; end if;
    perform pg_sleep(0.02);
  end loop;
  if failure is null then
    begin
      ${alter(live, `rename to ${quoteName(old)}`)}
      ${alter(fresh, `rename to ${quoteName(live)}`)}
      ${alter(live, "with allow_connections true")}
    exception when others then failure := sqlerrm;
    end;
  end if;
  if failure is not null then
    ${alter(live, "with allow_connections true")}
    commit;
    raise exception '%', failure;
  end if;
end $sluice$;`;
}

/**
 * What must be on a database besides its content: owner, settings, of roles in it too, limit and rights of the one whose
 * place it takes.
 */
const adoptSql = (live: string, fresh: string) => `
select format('alter database %I owner to %I', ${quoteText(fresh)}, pg_get_userbyid(datdba))
  from pg_database where datname = ${quoteText(live)}
union all
select format('alter %s set %s',
    case s.setrole when 0 then format('database %I', ${quoteText(fresh)})
      else format('role %I in database %I', pg_get_userbyid(s.setrole), ${quoteText(fresh)}) end,
    ${settingSql("setting")})
  from pg_db_role_setting s join pg_database d on d.oid = s.setdatabase, unnest(s.setconfig) setting
  where d.datname = ${quoteText(live)}
union all
select format('alter database %I with connection limit %s', ${quoteText(fresh)}, datconnlimit)
  from pg_database where datname = ${quoteText(live)} and datconnlimit <> -1
union all
select format('revoke all on database %I from public', ${quoteText(fresh)})
  from pg_database where datname = ${quoteText(live)} and datacl is not null
union all
select format('grant %s on database %I to %s%s', a.privilege_type, ${quoteText(fresh)},
    case a.grantee when 0 then 'public' else quote_ident(pg_get_userbyid(a.grantee)) end,
    case when a.is_grantable then ' with grant option' else '' end)
  from pg_database d, aclexplode(d.datacl) a where d.datname = ${quoteText(live)}
\\gexec`;

/**
 * Swaps `fresh` into the place of the target's database.
 *
 * @throws SluiceError RESTORE_FAILED; then the live database is in its place and takes connections
 */
export async function swapDatabases(
  exec: ContainerExec,
  target: PostgresTarget,
  { fresh, old }: { readonly fresh: string; readonly old: string },
  options: PsqlOptions,
): Promise<void> {
  const live = target.database;
  await runSql(exec, target, adoptSql(live, fresh), options);
  await rename(exec, target, swapSql(live, fresh, old), options);
}

/** Puts `old` back into its place; what had taken it is called `undone`. @throws SluiceError RESTORE_FAILED */
export async function undoSwap(
  exec: ContainerExec,
  target: PostgresTarget,
  { old, undone }: { readonly old: string; readonly undone: string },
  options: PsqlOptions,
): Promise<void> {
  await rename(exec, target, swapSql(target.database, old, undone), options);
}

async function rename(exec: ContainerExec, target: PostgresTarget, sql: string, options: PsqlOptions): Promise<void> {
  try {
    await runSql(exec, maintenance(target), sql, options);
  } catch (cause) {
    // Where the statement never reached its end.
    const open = `alter database ${quoteName(target.database)} with allow_connections true;`;
    // Under no signal: the application waits for it.
    await runSql(exec, maintenance(target), open, { session: options.session }).catch(() => undefined);
    throw new SluiceError("RESTORE_FAILED", `the databases could not be swapped: ${(cause as Error).message}`, {
      hint: `${target.database} is the one it was; see the log of the database's container`,
      cause,
    });
  }
}

/** Names of databases beside the target's that restores made. */
export async function listBesides(
  exec: ContainerExec,
  target: PostgresTarget,
  options: PsqlOptions,
): Promise<readonly string[]> {
  const sql = `select datname from pg_database where datname ~ '__(restore|old|undone)_[0-9]{8}t[0-9]{6}z_[a-z0-9]+$' order by 1;`;
  return runSql(exec, maintenance(target), sql, options);
}

/** Ends sessions of ours that a dead run left: the dump, or whoever holds its snapshot. Those of this run are of its own name. */
export async function endOrphans(session: PsqlSession): Promise<number> {
  const sql = `select pg_terminate_backend(pid) from pg_stat_activity
    where application_name like 'sluice-backup-%' and application_name <> current_setting('application_name');`;
  return (await session.query(sql)).length;
}
