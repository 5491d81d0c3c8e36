import { createSquawk, defaultPolicy, judgeRehearsal, type RestoredCopy, restoreCopy } from "@sluice/database";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Backups, backupsOf } from "./support/backups.ts";
import { docker, type Project, startProject } from "./support/postgres.ts";

let project: Project;
let backups: Backups;
let restored: RestoredCopy;

beforeAll(async () => {
  project = await startProject("rehcopy");
  await project.sql(
    "drop view large; alter table orders add column state text, add column spare int; alter table orders alter state set default 'new'",
  );
  await project.sql("create role early");
  backups = await backupsOf(project);
  const manifest = await backups.take();
  restored = await restoreCopy(backups.ports, manifest, manifest.image);
});
afterAll(async () => {
  await restored?.[Symbol.asyncDispose]();
  await backups?.[Symbol.asyncDispose]();
  await project?.[Symbol.asyncDispose]();
});

/** What a migration of several transactions does to a copy, and what is thought of it where every table counts as large. */
async function seenOf(...transactions: readonly string[]) {
  const { copy } = restored;
  await copy.clone();
  const watch = await copy.observe();
  const base = ["exec", copy.container, "psql", "-XqAtw", "-v", "ON_ERROR_STOP=1", "-h", "127.0.0.1", "-U", "shop"];
  for (const sql of transactions) await docker(...base, "-d", "shop", "-c", sql);
  const observations = await watch.finish();
  const judged = judgeRehearsal(
    {
      migration: { how: "job", services: [], ms: 0, error: null },
      observations,
      liveLongest: null,
      compatibility: { release: "v1", result: "pass", why: "", verdicts: [] },
      down: null,
    },
    { ...defaultPolicy, largeBytes: 1, manyRows: 1_000, warnWaitMs: 60_000, blockWaitMs: 60_000 },
  );
  return { observations, sent: watch.sent?.(), ...judged };
}

const codes = async (...transactions: readonly string[]) =>
  (await seenOf(...transactions)).findings
    .filter(({ severity }) => severity !== "note")
    .map(({ code }) => code)
    .toSorted();

it("roles are in the copy what they are in the live database, but for those that were made since the backup", async () => {
  await project.sql(`
    alter role early in database shop set search_path = 'odd schema', public; grant create on database shop to early;
    create role late; alter role late in database shop set work_mem = '8MB'; grant create on database shop to late`);
  const { copy } = restored;
  await copy.clone();
  const sql = `select array_to_string(setconfig, ' '), has_database_privilege('early', 'shop', 'create')
    from pg_db_role_setting where setrole = 'early'::regrole`;
  expect(
    await docker("exec", copy.container, "psql", "-XqAtw", "-h", "127.0.0.1", "-U", "shop", "-d", "shop", "-c", sql),
  ).toBe('search_path="odd schema", public|t');
});

it("a harmless migration passes, and what it did is told", async () => {
  const { verdict, findings, observations } = await seenOf(
    "begin; alter table orders add column note text; create table notes (id int); insert into notes values (1); commit",
    "create index concurrently orders_total on orders (total)",
    "alter table orders add constraint positive check (total >= 0) not valid",
    "alter table orders validate constraint positive",
    "alter table orders add constraint has_customer check (customer is not null) not valid",
    "alter table orders validate constraint has_customer",
    "alter table orders alter customer set not null",
  );
  expect(findings.filter(({ severity }) => severity !== "note").map(({ code }) => code)).toEqual([
    "column-now-required",
  ]);
  expect(verdict).toBe("warn");
  expect(observations.concurrentIndexes).toEqual(["public.orders_total"]);
  expect(observations.locks[0]).toMatchObject({ table: "public.orders", blocks: "reads and writes" });
  expect(observations.statements.map(({ sql }) => sql.toLowerCase())).toEqual(
    expect.arrayContaining([expect.stringContaining("create index concurrently orders_total")]),
  );
});

it("what a migration sends to change the schema is known as it was sent", async () => {
  const { sent } = await seenOf(
    "begin;\nalter table orders\n\tadd column note text; -- ü\nupdate orders set note = 'x'; commit",
    "select 1",
    "create index concurrently orders_note on orders (note)",
    "prepare p as select 1; alter table orders drop column note",
    "do $$ begin execute 'create table made_inside (id int)'; end $$",
  );
  expect(sent).toEqual([
    "begin;\nalter table orders\n\tadd column note text; -- ü\nupdate orders set note = 'x'; commit\n;\n",
    "create index concurrently orders_note on orders (note)\n;\n",
    "begin;\nprepare p as select 1; alter table orders drop column note\n;\ncommit;\n",
  ]);
  const lint = await createSquawk().lint(sent ?? [], 15);
  expect(lint.findings.map(({ rule }) => rule)).toEqual(["ban-drop-column"]);
});

it("each danger is told by its own code", async () => {
  expect(await codes("alter table orders alter total type numeric(14,1)")).toEqual([
    "column-type-changed",
    "table-rewritten",
    "values-changed",
  ]);
  expect(await codes("alter table orders alter customer set not null")).toEqual([
    "column-now-required",
    "not-null-scans-table",
  ]);
  expect(await codes("alter table orders add constraint positive check (total >= 0)")).toEqual(["check-scans-table"]);
  expect(await codes("create index orders_total on orders (total)")).toEqual(["index-blocks-writes"]);
  expect(await codes("alter table orders drop column spare, alter state drop default")).toEqual([
    "column-dropped",
    "default-dropped",
  ]);
  expect(await codes("update orders set total = total + 1; delete from orders where id <= 100")).toEqual([
    "many-rows-changed",
    "rows-lost",
    "values-changed",
  ]);
  expect(await codes("truncate orders")).toEqual(["rows-lost"]);
  expect(await codes("vacuum full orders")).toEqual(["table-rewritten"]);
});

it("rows that hold other values are counted, in columns that were there before", async () => {
  const overwritten = await seenOf(
    "update customers set name = 'x' where id <= 900; insert into customers (name) values ('y')",
  );
  expect(overwritten.findings.map(({ code, message }) => [code, message])).toContainEqual([
    "values-changed",
    "900 of 2000 rows of public.customers hold other values in columns that were there before",
  ]);
  expect(await codes("update customers set name = name where id <= 900")).toEqual([]);
  expect(
    await codes("alter table customers add label text; update customers set label = name where id <= 900"),
  ).toEqual([]);
  const replaced =
    "delete from customers where id > 1990; insert into customers (name) select 'z' from generate_series(1, 10)";
  expect(await codes(`alter table orders drop constraint orders_customer_fkey; ${replaced}`)).toEqual([
    "values-changed",
  ]);
});

it("a statement that keeps rows locked is timed by its longest call", async () => {
  const slowly = "update customers set name = name where id <= 10 and pg_sleep(0.1) is not null";
  const { observations } = await seenOf(
    slowly,
    "update customers set name = name where id <= 1 and pg_sleep(0.1) is not null",
  );
  const timed = observations.statements.find(({ sql }) => sql.startsWith("update customers"));
  expect(timed).toMatchObject({ calls: 2, rows: 11 });
  expect(timed?.longestMs).toBeGreaterThanOrEqual(1_000);
  expect(timed?.longestMs).toBeLessThan(timed?.ms ?? 0);
});

it("a lock is timed from its statement to the commit of its transaction", async () => {
  const { observations } = await seenOf(
    "begin; select pg_sleep(1.5); alter table orders add column a int; select pg_sleep(0.3); commit",
  );
  const [lock] = observations.locks;
  expect(lock?.heldMs).toBeGreaterThanOrEqual(300);
  // Above it is only what a busy machine adds: the first sleep does not count.
  expect(lock?.heldMs).toBeLessThan(1_500);
});

it("the settings of the live database are those of the copy, and no password is asked for", async () => {
  await restored.copy.clone();
  const shown = await docker(
    "exec",
    restored.copy.container,
    "psql",
    "-XqAtw",
    "-h",
    "127.0.0.1",
    "-U",
    "shop",
    "-d",
    "shop",
    "-c",
    "show statement_timeout",
  );
  expect(shown).toBe("77s");
});
