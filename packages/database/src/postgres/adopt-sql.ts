import { settingSql } from "./settings-sql.ts";
import { quoteText } from "./target.ts";

const comment = "shobj_description(oid, 'pg_database')";

/** Rights that were written out, in whatever order, and are those of any database are none of its own. */
const hasRights = "not (datacl @> acldefault('d', datdba) and datacl <@ acldefault('d', datdba))";

/**
 * A query whose rows are statements. They give another database what must be on one besides its content: owner, settings, of roles in
 * it too, limit, rights and comment.
 *
 * @param live whose those are
 * @param other gets them
 * @param roles that there are where it is; what is of another role is left out. Default: all of this server
 */
export function adoptSql(live: string, other: string, roles: readonly string[] | null = null): string {
  const [from, to] = [quoteText(live), quoteText(other)];
  const isThere = (role: string) =>
    roles === null ? "true" : `pg_get_userbyid(${role}) = any(array[${roles.map(quoteText).join(", ")}]::text[])`;
  return `
select format('alter database %I owner to %I', ${to}, pg_get_userbyid(datdba))
  from pg_database where datname = ${from} and ${isThere("datdba")}
union all
select format('alter %s set %s',
    case s.setrole when 0 then format('database %I', ${to})
      else format('role %I in database %I', pg_get_userbyid(s.setrole), ${to}) end,
    ${settingSql("setting")})
  from pg_db_role_setting s join pg_database d on d.oid = s.setdatabase, unnest(s.setconfig) setting
  where d.datname = ${from} and (s.setrole = 0 or ${isThere("s.setrole")})
union all
select format('alter database %I with connection limit %s', ${to}, datconnlimit)
  from pg_database where datname = ${from} and datconnlimit <> -1
union all
select format('comment on database %I is %L', ${to}, ${comment})
  from pg_database where datname = ${from} and ${comment} is not null
union all
select format('revoke all on database %I from public', ${to})
  from pg_database where datname = ${from} and ${hasRights}
union all
select format('grant %s on database %I to %s%s', a.privilege_type, ${to},
    case a.grantee when 0 then 'public' else quote_ident(pg_get_userbyid(a.grantee)) end,
    case when a.is_grantable then ' with grant option' else '' end)
  from pg_database d, aclexplode(d.datacl) a
  where d.datname = ${from} and ${hasRights} and (a.grantee = 0 or ${isThere("a.grantee")})`;
}

/**
 * Gives another database of the same server what `adoptSql` says, as far as whoever asks may: some settings only a superuser may set, and
 * those of another role only who may change it. One statement.
 */
export function adoptAllowedSql(live: string, other: string): string {
  return `
do $sluice$
declare
  statement text;
begin
  for statement in ${adoptSql(live, other)} loop
    begin
      execute statement;
    exception when insufficient_privilege then null;
    end;
  end loop;
end $sluice$;`;
}
