import { ofNoExtension, ofUsers } from "../fingerprint-sql.ts";

/** Where our own functions are while a migration is watched. */
export const watchSchema = "sluice_rehearsal";

const ofApplication = (schema: string) => `${ofUsers(schema)} and ${schema} <> '${watchSchema}'`;
const list = (select: string) => `(select coalesce(jsonb_agg(o), '[]') from (${select}) o)`;
const named = (kind: string, name: string, from: string, where: string) =>
  `select '${kind}' as kind, ${name} as name from ${from} where ${where}`;

const columns = list(`
  select a.attnum as at, a.attname as name, format_type(a.atttypid, a.atttypmod) as type, a.attnotnull as "notNull",
    pg_get_expr(d.adbin, d.adrelid) as "default",
    a.attidentity::text || coalesce(to_jsonb(a) ->> 'attgenerated', '') as generated
  from pg_attribute a left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
  where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped order by a.attnum`);

const tables = list(`
  select c.oid::bigint as oid, format('%I.%I', n.nspname, c.relname) as name, c.relkind as kind,
    coalesce(pg_relation_filenode(c.oid), 0)::bigint as file, pg_total_relation_size(c.oid) as bytes, c.relrowsecurity as "rowSecurity",
    (select coalesce(json_agg(acl::text order by acl::text), '[]') from unnest(c.relacl) acl) as grants,
    ${columns} as columns
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('r', 'p', 'm') and ${ofApplication("n.nspname")} and ${ofNoExtension("pg_class", "c.oid")}
  order by 2`);

const indexes = list(`
  select i.indexrelid::bigint as oid, i.indrelid::bigint as "table", format('%I.%I', n.nspname, c.relname) as name,
    coalesce(pg_relation_filenode(c.oid), 0)::bigint as file, pg_get_indexdef(c.oid) as definition, i.indisunique as "unique", i.indisvalid as valid
  from pg_index i join pg_class c on c.oid = i.indexrelid join pg_namespace n on n.oid = c.relnamespace
  where ${ofApplication("n.nspname")} order by 3`);

// From version 18 on NOT NULL is a constraint too; here it is a property of its column in every version.
const constraints = list(`
  select o.oid::bigint as oid, o.conrelid::bigint as "table", o.conname as name, o.contype as type,
    o.convalidated as validated, pg_get_constraintdef(o.oid) as definition, o.confrelid::bigint as "references",
    o.conindid::bigint as "index"
  from pg_constraint o join pg_namespace n on n.oid = o.connamespace
  where o.conrelid <> 0 and o.contype in ('c', 'f', 'p', 'u', 'x') and ${ofApplication("n.nspname")} order by 3`);

const schemaOf = (oid: string) => `join pg_namespace n on n.oid = ${oid}`;
const objects = list(
  [
    named(
      "view",
      "format('%I.%I', n.nspname, c.relname)",
      `pg_class c ${schemaOf("c.relnamespace")}`,
      `c.relkind = 'v' and ${ofApplication("n.nspname")} and ${ofNoExtension("pg_class", "c.oid")}`,
    ),
    named(
      "sequence",
      "format('%I.%I', n.nspname, c.relname)",
      `pg_class c ${schemaOf("c.relnamespace")}`,
      `c.relkind = 'S' and ${ofApplication("n.nspname")} and not exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype in ('a', 'i', 'e'))`,
    ),
    named(
      "function",
      "p.oid::regprocedure::text",
      `pg_proc p ${schemaOf("p.pronamespace")}`,
      `${ofApplication("n.nspname")} and ${ofNoExtension("pg_proc", "p.oid")}`,
    ),
    named(
      "type",
      "format('%I.%I', n.nspname, t.typname)",
      `pg_type t ${schemaOf("t.typnamespace")}`,
      `t.typtype in ('e', 'd') and ${ofApplication("n.nspname")} and ${ofNoExtension("pg_type", "t.oid")}`,
    ),
    named(
      "value of type",
      "format('%I.%I %L', n.nspname, t.typname, e.enumlabel)",
      `pg_enum e join pg_type t on t.oid = e.enumtypid ${schemaOf("t.typnamespace")}`,
      ofApplication("n.nspname"),
    ),
    named(
      "trigger",
      "format('%I on %I.%I', t.tgname, n.nspname, c.relname)",
      `pg_trigger t join pg_class c on c.oid = t.tgrelid ${schemaOf("c.relnamespace")}`,
      `not t.tgisinternal and ${ofApplication("n.nspname")}`,
    ),
    named(
      "policy",
      "format('%I on %I.%I', y.polname, n.nspname, c.relname)",
      `pg_policy y join pg_class c on c.oid = y.polrelid ${schemaOf("c.relnamespace")}`,
      ofApplication("n.nspname"),
    ),
    named("extension", "extname", "pg_extension", "true"),
    named("schema", "n.nspname", "pg_namespace n", ofApplication("n.nspname")),
  ].join("\nunion all "),
);

/** One JSON object that `catalogSchema` reads; as jsonb it is one line. */
export const catalogSql = `select jsonb_build_object('tables', ${tables}, 'indexes', ${indexes}, 'constraints', ${constraints}, 'objects', ${objects});`;

/** One JSON object a line: oid and exact number of rows of every ordinary table. */
export const rowsSql = `
select format('select json_build_object(''oid'', %s, ''rows'', count(*)) from only %I.%I', c.oid, n.nspname, c.relname)
from pg_class c join pg_namespace n on n.oid = c.relnamespace
where c.relkind = 'r' and ${ofApplication("n.nspname")} and ${ofNoExtension("pg_class", "c.oid")}
order by c.oid
\\gexec`;

/** One JSON object a line: how many rows of each table were inserted, updated and deleted since its database was made. */
export const activitySql = `
select json_build_object('oid', relid::bigint, 'inserted', n_tup_ins, 'updated', n_tup_upd, 'deleted', n_tup_del)
from pg_stat_user_tables where schemaname <> '${watchSchema}';`;
