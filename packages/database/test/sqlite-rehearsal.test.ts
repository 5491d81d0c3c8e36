import { spawnSync } from "node:child_process";
import { copyFile, mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { defaultPolicy, judgeRehearsal } from "../src/rehearsal/policy.ts";
import { watch } from "../src/sqlite/rehearsal/watch.ts";
import { createTool, type ToolKind } from "../src/sqlite/tool.ts";
import { localEnvironment, localExec } from "./support/local-exec.ts";

let directory: string;
const files = () => ({ clone: join(directory, "clone 'one'.db"), restored: join(directory, "we 'ird.db") });

const content = `
create table customers (id integer primary key, name text not null);
create table orders (id integer primary key autoincrement, customer references customers (id), total numeric, note text, day text);
create table items (name text, amount integer);
create table "we ird" ("a b" text primary key, c) without rowid;
create view large as select * from orders where total > 100;
create trigger at_once after insert on customers begin select 1; end;
create index by_customer on orders (customer);
create index noted on orders (lower(note)) where note is not null;
create virtual table words using fts5(body);
with recursive n(i) as (select 1 union all select i + 1 from n where i < 1000)
insert into customers select i, 'customer ' || i from n;
insert into orders (customer, total, note) select id, id * 1.5, 'x' from customers;
insert into items select name, id from customers;
insert into "we ird" values ('key', 1);
`;
/** As SQLite's documentation has it, for what ALTER TABLE cannot do. */
const madeAnew = `
pragma legacy_alter_table = on;
create table orders_new (id integer primary key autoincrement, customer references customers (id), total integer not null, note text, day text);
insert into orders_new select id, customer, cast(total as integer), note, day from orders;
drop table orders; alter table orders_new rename to orders; create index by_customer on orders (customer);
`;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "sluice-sqlite-"));
  using database = new DatabaseSync(files().restored);
  database.exec(content);
});
afterAll(() => rm(directory, { recursive: true }));

const isHere = (kind: string) => spawnSync(kind, ["--version"], { env: localEnvironment }).status === 0;

/** What is seen by one program of what a migration does. */
async function observed(kind: ToolKind, migration: string) {
  const tool = createTool(localExec, "here", kind);
  const { clone, restored } = files();
  await copyFile(restored, clone);
  const watching = await watch(tool, files());
  const run = (sql: string) => {
    using database = new DatabaseSync(clone, { enableForeignKeyConstraints: false });
    database.exec(sql);
  };
  run(migration);
  const observations = await watching.finish();
  const rehearsed = {
    migration: { how: "job", services: [], ms: 0, error: null },
    observations,
    liveLongest: null,
    compatibility: { release: "v1", result: "not-tested", why: "", verdicts: [] },
    down: null,
  } as const;
  const { findings } = judgeRehearsal(rehearsed, { ...defaultPolicy, largeBytes: 1, manyRows: 500 });
  const codes = findings.filter(({ severity, code }) => severity !== "note" && code !== "previous-not-proven");
  return { observations, watching, run, codes: codes.map(({ code }) => code).toSorted() };
}

describe.each(["node", "python3", "sqlite3"] as const)("%s, where this machine has it", (kind) => {
  it.skipIf(!isHere(kind))("sees nothing where nothing happens, whatever things are called", async () => {
    const { observations, codes, watching } = await observed(kind, "select 1");
    expect(codes).toEqual([]);
    expect(observations).toMatchObject({ changes: [], rewrites: [], newTables: [], faults: [] });
    expect(observations.tables.map(({ table, rowsBefore }) => [table, rowsBefore])).toEqual(
      expect.arrayContaining([
        ["orders", 1000],
        ["we ird", 1],
      ]),
    );
    expect(observations.tables.every(({ bytesBefore, updated }) => bytesBefore > 0 && updated === 0)).toBe(true);
    expect(await watching.difference()).toEqual([]);
  });

  it.skipIf(!isHere(kind))("takes what only adds for harmless, and finds it gone when it is taken back", async () => {
    const { observations, codes, watching, run } = await observed(
      kind,
      "alter table orders add column state text not null default 'new'; create table notes (id int); alter table items rename to parts",
    );
    expect(codes).toEqual(["table-renamed"]);
    expect(observations.newTables).toEqual(["notes"]);
    expect(observations.changes).toEqual(
      expect.arrayContaining([{ change: "column-added", table: "orders", column: "state", required: false }]),
    );
    expect(await watching.difference()).toEqual(
      expect.arrayContaining(["new table notes", "table-renamed items", "column-added state of orders"]),
    );
    run("alter table orders drop column state; drop table notes; alter table parts rename to items");
    expect(await watching.difference()).toEqual([]);
  });

  it.skipIf(!isHere(kind))("lets everybody write where the copy is", async () => {
    const tool = createTool(localExec, "here", kind);
    const [top, file] = [join(directory, kind), join(directory, kind, "sub/app.db")];
    await tool.share(top, file);
    await tool.copy(files().restored, file);
    await tool.share(top, file);
    const modes = await Promise.all([top, join(top, "sub"), file].map(async (path) => (await stat(path)).mode & 0o666));
    expect(modes).toEqual([0o666, 0o666, 0o666]);
  });
});

it.each([
  ["alter table orders drop column day", ["column-dropped", "table-rewritten"]],
  ["alter table orders rename column total to amount", ["column-renamed"]],
  ["drop table items", ["table-dropped"]],
  ["drop view large; drop trigger at_once; drop table words", ["object-dropped", "object-dropped", "object-dropped"]],
  ["drop index by_customer", ["index-dropped"]],
  ["create index by_total on orders (total)", ["index-blocks-writes"]],
  ["update items set amount = amount + 1", ["many-rows-changed", "values-changed"]],
  ["update items set amount = amount", []],
  ["delete from items where amount > 900", ["rows-lost"]],
  ["delete from customers where id = 1", ["content-broken", "rows-lost"]],
  [
    "a table made anew",
    [
      "column-now-required",
      "column-type-changed",
      "index-dropped",
      "many-rows-changed",
      "table-rewritten",
      "values-changed",
    ],
  ],
])("%s: told by its own codes", async (migration, expected) => {
  const sql = migration === "a table made anew" ? madeAnew : migration;
  expect((await observed("node", sql)).codes).toEqual(expected);
});
