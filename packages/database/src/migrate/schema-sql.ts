const ofUsers = "n.nspname not in ('pg_catalog', 'information_schema') and n.nspname !~ '^pg_(toast|temp)'";

/** Name of a part, and a query that gives a line for each thing of that kind. Counts and statistics are no part of it. */
const parts: readonly (readonly [name: string, rows: string])[] = [
  ["schemas", `select n.nspname::text, n.nspowner, n.nspacl::text from pg_namespace n where ${ofUsers}`],
  [
    "relations",
    `select c.oid, c.relnamespace, c.relname::text, c.relkind, c.relowner, c.relacl::text, c.relpersistence, c.reltablespace,
      c.reloptions::text, c.relrowsecurity, c.relforcerowsecurity, c.relreplident, c.relispartition, c.relpartbound::text
    from pg_class c join pg_namespace n on n.oid = c.relnamespace where ${ofUsers}`,
  ],
  [
    "columns",
    `select a.attrelid, a.attnum, a.attname::text, a.atttypid, a.atttypmod, a.attnotnull, a.attisdropped, a.attidentity,
      a.attcollation, a.attstorage, a.attoptions::text, a.attacl::text, d.adbin::text
    from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
    left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum where a.attnum > 0 and ${ofUsers}`,
  ],
  [
    "indexes",
    `select i.indexrelid, i.indrelid, i.indkey::text, i.indisunique, i.indisvalid, i.indisready, i.indexprs::text, i.indpred::text
    from pg_index i join pg_class c on c.oid = i.indrelid join pg_namespace n on n.oid = c.relnamespace where ${ofUsers}`,
  ],
  [
    "constraints",
    `select o.oid, o.conname::text, o.conrelid, o.contypid, o.contype, o.convalidated, o.condeferrable, o.conkey::text, o.conbin::text
    from pg_constraint o join pg_namespace n on n.oid = o.connamespace where ${ofUsers}`,
  ],
  [
    "functions",
    `select p.oid, p.proname::text, p.proowner, p.proacl::text, p.proargtypes::text, p.prorettype, p.prosrc, p.proconfig::text,
      p.provolatile, p.prosecdef from pg_proc p join pg_namespace n on n.oid = p.pronamespace where ${ofUsers}`,
  ],
  [
    "types",
    `select t.oid, t.typname::text, t.typtype, t.typbasetype, t.typnotnull, t.typdefault,
      (select string_agg(e.enumlabel::text, ',' order by e.enumsortorder) from pg_enum e where e.enumtypid = t.oid)
    from pg_type t join pg_namespace n on n.oid = t.typnamespace where ${ofUsers}`,
  ],
  [
    "rules",
    `select r.oid, r.rulename::text, r.ev_class, md5(r.ev_action::text)
    from pg_rewrite r join pg_class c on c.oid = r.ev_class join pg_namespace n on n.oid = c.relnamespace where ${ofUsers}`,
  ],
  [
    "triggers",
    `select t.oid, t.tgname::text, t.tgrelid, t.tgfoid, t.tgtype, t.tgenabled, t.tgqual::text, encode(t.tgargs, 'hex')
    from pg_trigger t join pg_class c on c.oid = t.tgrelid join pg_namespace n on n.oid = c.relnamespace where ${ofUsers}`,
  ],
  [
    "policies",
    `select y.oid, y.polname::text, y.polrelid, y.polcmd, y.polqual::text, y.polwithcheck::text
    from pg_policy y join pg_class c on c.oid = y.polrelid join pg_namespace n on n.oid = c.relnamespace where ${ofUsers}`,
  ],
  ["parents", "select i.inhrelid, i.inhparent, i.inhseqno from pg_inherits i"],
  ["extensions", "select e.extname::text, e.extversion from pg_extension e"],
];

const hashed = parts.map(
  ([name, rows]) =>
    `(select '${name} ' || coalesce(md5(string_agg(x::text, E'\\n' order by x::text collate "C")), '') from (${rows}) x)`,
);

/** A hash of all definitions of the database, then the names of its invalid indexes. Takes no lock on any table. */
export const schemaSql = `
select md5(concat_ws('|', ${hashed.join(",\n")}));
select format('%I.%I', n.nspname, c.relname)
from pg_index i join pg_class c on c.oid = i.indexrelid join pg_namespace n on n.oid = c.relnamespace
where not i.indisvalid and c.relkind = 'i' and ${ofUsers} order by 1;`;

/** One JSON object a line, by table, as backups name and count them. */
export const countRowsSql = `
select format('select json_build_object(''name'', %L, ''rows'', count(*)) from only %I.%I',
  format('%I.%I', n.nspname, c.relname), n.nspname, c.relname)
from pg_class c join pg_namespace n on n.oid = c.relnamespace
where c.relkind = 'r' and ${ofUsers} order by 1
\\gexec`;
