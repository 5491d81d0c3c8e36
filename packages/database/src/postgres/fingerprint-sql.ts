import * as z from "zod";
import { type Fingerprint, sequenceSchema, tableSchema } from "../model/fingerprint.ts";
import { once } from "../model/parse-once.ts";
import { quoteText } from "./target.ts";

/**
 * The text of a row must not depend on who asks: on time zone, formats, or the path that decides whether a name needs its
 * schema. Row security must not hide rows: then it is an error. From version 14 on the server notices within a second that
 * nobody waits for the answer any more.
 */
export const sameForAll = `
set timezone = 'UTC'; set datestyle = 'ISO'; set intervalstyle = 'postgres'; set extra_float_digits = 3;
set bytea_output = 'hex'; set xmloption = 'content'; set row_security = off; set lock_timeout = '10s';
set statement_timeout = 0; set idle_in_transaction_session_timeout = 0; set search_path = '';
select set_config(name, '1000', false) from pg_settings where name = 'client_connection_check_interval';`;

export const ofUsers = (schema: string) =>
  `${schema} not in ('pg_catalog', 'information_schema') and ${schema} !~ '^pg_(toast|temp)'`;
/** What belongs to an extension is made by it when the extension is, and is not in the dump. */
export const ofNoExtension = (catalog: string, oid: string) =>
  `not exists (select from pg_depend e where e.classid = '${catalog}'::regclass and e.objid = ${oid} and e.deptype = 'e')`;

/** One JSON object a line, by sequence. */
export const sequencesSql = `
select json_build_object(
  'name', format('%I.%I', s.schemaname, s.sequencename), 'last', s.last_value::text,
  'ascending', s.increment_by > 0, 'cycles', s.cycle)
from pg_sequences s
join pg_class c on c.oid = format('%I.%I', s.schemaname, s.sequencename)::regclass
where ${ofUsers("s.schemaname")} and ${ofNoExtension("pg_class", "c.oid")}
order by s.schemaname, s.sequencename;`;

/** Of the rows of a large table, one of so many is hashed. A power of two. */
export const sampleRate = 64;

/**
 * Which tables are sampled: those that are over a size together with all smaller ones, or those that were when the other
 * fingerprint was taken.
 */
export type Sampling = { readonly aboveBytes: number } | { readonly names: readonly string[] };

/** `%s` stands for the row. */
const hashSql = 'hashtextextended((%s)::text collate "C", 0)';
/**
 * The row of an inherited table whose columns are in another order than where a dump of it is restored, in that order; else
 * no line. Such a table is made anew with the columns of its parents first, also those that its parents were given after it
 * was made. Partitions keep their own order.
 */
const restoredRow = `(
  with recursive places as (
    select a.attname, a.attnum as own, c.oid as relation, a.attnum::int as number, array[]::int[] as path
    from pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    union all
    select p.attname, p.own, above.relation, above.number, p.path || above.seq
    from places p cross join lateral (
      select i.inhparent as relation, a.attnum::int as number, i.inhseqno as seq
      from pg_inherits i join pg_attribute a on a.attrelid = i.inhparent
      where i.inhrelid = p.relation and a.attname = p.attname and a.attnum > 0 and not a.attisdropped
      order by i.inhseqno limit 1) above),
  highest as (
    select distinct on (own) own, format('sluice_row.%I', attname) as text, path || 2147483647 || number as place
    from places order by own, cardinality(path) desc)
  select 'row(' || string_agg(text, ', ' order by place) || ')' as text
  from highest having array_agg(own order by own) <> array_agg(own order by place))`;
/**
 * What a row is chosen by: a number made of its key, the same on every server. Of whole numbers and UUIDs, which most keys
 * are, without their text: of a table that is sampled, choosing is what costs.
 */
const keyHash = `(select string_agg(format(
    case when a.atttypid in ('int2'::regtype, 'int4'::regtype, 'int8'::regtype) then 'hashint8extended(sluice_row.%1$I::int8, %2$s)'
      when a.atttypid = 'uuid'::regtype then 'uuid_hash_extended(sluice_row.%1$I, %2$s)'
      else 'hashtextextended(sluice_row.%1$I::text collate "C", %2$s)' end, a.attname, k.at), ' # ' order by k.at)
  from pg_index i cross join unnest(i.indkey) with ordinality k (number, at)
  join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.number
  where i.indrelid = c.oid and i.indisprimary)`;

/**
 * One JSON object a line, by table: the server makes the statements, which psql runs one after the other. Going back to the savepoint lets
 * go of the table and its indexes, while the snapshot stays: the server has room for so many locks, for all who use it. The savepoint goes,
 * too: the next of its name would be inside it, and each level takes some of the server's memory. Of a sampled table only
 * chosen rows are put together as a whole: `offset 0` keeps the server from doing that for all of them, which costs three times as much.
 */
export function tablesSql(sampling: Sampling): string {
  const isLarge =
    "aboveBytes" in sampling
      ? `s.together > ${Math.min(sampling.aboveBytes, Number.MAX_SAFE_INTEGER)}`
      : `s.name = any (array[${sampling.names.map(quoteText).join(", ")}]::text[])`;
  return `
select 'savepoint sluice', case when t.sampled then format(
    'select json_build_object(''name'', %L, ''rows'', count(*), ''hash'', coalesce(sum(hash), 0)::text, ''sampled'', true) from (select case when (%s) & ${sampleRate - 1} = 0 then ${hashSql} end as hash from only %I.%I as sluice_row offset 0) as chosen',
    t.name, t.key, t.content, t.nspname, t.relname)
  else format(
    'select json_build_object(''name'', %L, ''rows'', count(*), ''hash'', coalesce(sum(${hashSql}), 0)::text, ''sampled'', false) from only %I.%I as sluice_row',
    t.name, t.content, t.nspname, t.relname) end, 'rollback to savepoint sluice', 'release savepoint sluice'
from (
  select s.*, s.key is not null and ${isLarge} as sampled
  from (
    select n.nspname, c.relname, format('%I.%I', n.nspname, c.relname) as name, p.key,
      coalesce(case when not c.relispartition and exists (select from pg_inherits where inhrelid = c.oid)
        then ${restoredRow} end, 'sluice_row.*') as content,
      sum(pg_table_size(c.oid)) over (order by pg_table_size(c.oid), c.oid) as together
    from pg_class c join pg_namespace n on n.oid = c.relnamespace cross join lateral ${keyHash} p (key)
    where c.relkind = 'r' and ${ofUsers("n.nspname")} and ${ofNoExtension("pg_class", "c.oid")}) s) t
order by t.nspname, t.relname
\\gexec`;
}

const countOf = (from: string, catalog: string, oid: string, schema: string, and = "true") =>
  `(select count(*) from ${from} where ${ofUsers(schema)} and ${ofNoExtension(catalog, oid)} and ${and})`;
const classes = "pg_class c join pg_namespace n on n.oid = c.relnamespace";

const indexes = `${classes} join pg_index i on i.indexrelid = c.oid join pg_class t on t.oid = i.indrelid`;
/** One that could not be built, concurrently, is no part of a dump; that of a partitioned table is, with parts missing. */
const dumpedIndex = "(i.indisvalid or t.relkind = 'p') and i.indisready";

/** Others are not given them by `pg_dump`. */
const dumpsSubscriptions = "current_setting('is_superuser') = 'on'";
const subscriptions = "pg_subscription s join pg_database d on d.oid = s.subdbid and d.datname = current_database()";

/** One JSON object: how many there are of everything that a schema holds, and what counts do not tell. */
export const objectsSql = `
select json_build_object(
  'largeObjects', (select count(*) from pg_largeobject_metadata),
  'objects', json_build_object(
    'indexes', ${countOf(indexes, "pg_class", "c.oid", "n.nspname", dumpedIndex)},
    'views', ${countOf(classes, "pg_class", "c.oid", "n.nspname", "c.relkind in ('v', 'm')")},
    'partitioned tables', ${countOf(classes, "pg_class", "c.oid", "n.nspname", "c.relkind = 'p'")},
    'constraints', ${countOf("pg_constraint o join pg_namespace n on n.oid = o.connamespace", "pg_constraint", "o.oid", "n.nspname", "o.contype <> 'n'")},
    'functions', ${countOf("pg_proc p join pg_namespace n on n.oid = p.pronamespace", "pg_proc", "p.oid", "n.nspname")},
    'triggers', ${countOf("pg_trigger t join pg_class c on c.oid = t.tgrelid join pg_namespace n on n.oid = c.relnamespace", "pg_class", "c.oid", "n.nspname", "not t.tgisinternal")},
    'policies', ${countOf("pg_policy y join pg_class c on c.oid = y.polrelid join pg_namespace n on n.oid = c.relnamespace", "pg_class", "c.oid", "n.nspname")},
    'publications', (select count(*) from pg_publication p where ${ofNoExtension("pg_publication", "p.oid")}),
    'subscriptions', (select count(*) from ${subscriptions} where ${dumpsSubscriptions})),
  'subscribes', exists (select from ${subscriptions}),
  'extensions', (select coalesce(json_object_agg(extname, extversion), '{}') from pg_extension),
  'views', (select count(*) from pg_class where relkind = 'm'),
  'foreign', (select count(*) from pg_class where relkind = 'f'));`;

const objectsSchema = z.lazy(() =>
  z.object({
    largeObjects: z.int(),
    objects: z.record(z.string(), z.int()),
    subscribes: z.boolean(),
    extensions: z.record(z.string(), z.string()),
    views: z.int(),
    foreign: z.int(),
  }),
);

/** Puts together what the statements above gave. */
export function readFingerprint(
  sequences: readonly string[],
  tables: readonly string[],
  objects: readonly string[],
): Fingerprint {
  const parse = <T>(schema: z.ZodType<T>, line: string): T => schema.parse(JSON.parse(line), once);
  const content = tables.map((line) => parse(tableSchema, line));
  const large = content.filter(({ sampled }) => sampled).length;
  const found = parse(objectsSchema, objects[0] ?? "{}");
  const { largeObjects, objects: counts, subscribes, extensions, views, foreign } = found;
  const areSubscriptionsDumped = (counts["subscriptions"] ?? 0) > 0;
  return {
    tables: content,
    sequences: sequences.map((line) => parse(sequenceSchema, line)),
    largeObjects,
    objects: counts,
    extensions,
    notCovered: [
      "definitions of views, functions, triggers and constraints (they are counted)",
      ...(large > 0 ? [`${sampleRate - 1} of ${sampleRate} rows of large tables: ${large} (all are counted)`] : []),
      ...(largeObjects > 0 ? ["content of large objects (they are counted)"] : []),
      ...(views > 0 ? ["content of materialized views, which a restore computes anew"] : []),
      ...(foreign > 0 ? ["foreign tables, whose rows are elsewhere"] : []),
      ...(subscribes
        ? [
            areSubscriptionsDumped
              ? "definitions of subscriptions (they are counted), which a restore leaves disabled"
              : "subscriptions, which only a superuser's dump holds",
          ]
        : []),
      ...(Object.keys(extensions).some((name) => name !== "plpgsql") ? ["tables of extensions"] : []),
    ],
  };
}
