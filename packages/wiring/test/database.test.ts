import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Finding } from "@sluice/core";
import { highestLevel } from "@sluice/database";
import { type StopWatching, watchArguments } from "@sluice/testing";
import { generateX25519Identity, identityToRecipient } from "age-encryption";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createDeployer, type Deployer } from "../src/index.ts";
import { type Project, password, startProject } from "./support/postgres.ts";
import { scratchesOf } from "./support/scratches.ts";
import { until } from "./support/until.ts";

let project: Project;
let deployer: Deployer;
/** From before the first operation to the last. */
let argumentsSeen: StopWatching;
/** Of the backups that are encrypted. */
let identity: string;
const signal = new AbortController().signal;

beforeAll(async () => {
  project = await startProject("dbtest");
  identity = await generateX25519Identity();
  argumentsSeen = await watchArguments(password, identity);
  deployer = createDeployer(options());
});
afterAll(async () => {
  await argumentsSeen?.();
  await deployer?.[Symbol.asyncDispose]();
  await project?.[Symbol.asyncDispose]();
});

const options = () => ({
  stack: project.stack,
  directory: project.directory,
  stateHome: join(project.directory, "home"),
  env: process.env,
  actor: "ada",
});
const journal = async () =>
  (await readFile(join(project.directory, "home", "journal.ndjson"), "utf8"))
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);
const databases = async () =>
  (await project.sql("select datname from pg_database where not datistemplate order by 1")).split("\n");

/** Inserts rows until it is stopped; resolves with how many. */
function keepWriting(): () => Promise<number> {
  let going = true;
  let count = 0;
  const writing = (async () => {
    while (going) {
      await project.sql("insert into orders (customer, total) select 1, 1 from generate_series(1, 50)");
      count += 50;
    }
  })();
  writing.catch(() => undefined);
  return async () => {
    going = false;
    await writing;
    return count;
  };
}

describe("a database under writes", () => {
  it("is backed up as it was at one moment, and proven to the row", async () => {
    const stop = keepWriting();
    const taken = await deployer.database.backup({ reason: "test" }, signal);
    expect(await stop()).toBeGreaterThan(0);
    const proven = await deployer.database.verify(undefined, {}, signal);
    expect(proven.id).toBe(taken.id);
    expect(highestLevel(proven)).toBe("compared");
    expect(proven.rawBytes).toBeGreaterThan(taken.bytes);
    expect(proven.fingerprint).toMatchObject({ largeObjects: 1, extensions: { pg_trgm: expect.any(String) } });
    expect((await deployer.database.list()).backups).toEqual([proven]);

    // Nothing of it is left on the engine, nor in the server.
    expect(await scratchesOf(project.stack)).toBe("");
    const sessions = "select count(*) from pg_stat_activity where application_name like 'sluice-%'";
    await until(async () => (await project.sql(sessions)) === "0");
  });

  it("is on record, and nothing on disk holds the password", async () => {
    expect((await journal()).map(({ type, result, actor }) => [type, result, actor])).toEqual([
      ["database-backup", "begun", "ada"],
      ["database-backup", "done", "ada"],
      ["database-verify", "begun", "ada"],
      ["database-verify", "done", "ada"],
    ]);
    const home = join(project.directory, "home");
    for (const name of await readdir(join(home, "backups"))) {
      expect((await readFile(join(home, "backups", name))).includes(password)).toBe(false);
    }
    expect(await readFile(join(home, "journal.ndjson"), "utf8")).not.toContain(password);
    expect(await deployer.audit()).toMatchObject({ ok: true });
    const [begun, done] = await deployer.database.records();
    expect([begun, done]).toMatchObject([
      { action: "backup", result: "begun", actor: "ada", reason: "test", backup: null },
      { action: "backup", result: "done", backup: expect.stringMatching(/^\d{8}T\d{6}Z-/) },
    ]);
  });
});

describe("going back", () => {
  it("puts the backup in the database's place with all that belongs to it, and is undone", async () => {
    const { id } = await deployer.database.backup({}, signal);
    const count = async () => Number(await project.sql("select count(*) from orders"));
    const before = await count();
    await project.sql(
      "delete from orders where id <= 100; update customers set name = 'gone'; create table later (id int)",
    );

    const plan = await deployer.database.planRestore(id);
    expect(plan.losses).toEqual(
      expect.arrayContaining([
        { name: "public.orders", rowsThen: before, rowsNow: before - 100 },
        { name: "public.customers", rowsThen: 2000, rowsNow: 2000 },
        { name: "public.later", rowsThen: null, rowsNow: 0 },
      ]),
    );

    await project.sql(`
      create role reporter;
      alter role reporter in database shop set search_path = "$user", "odd ""schema", public;
      alter role reporter in database shop set work_mem = '5MB';
      alter role shop in database shop set statement_timeout = '66s';
      alter database shop set app.greeting = 'it''s = "this"';
      alter role app_ro in database shop set search_path = '';
      alter database shop with connection limit 33;
      comment on database shop is 'of Ada''s shop'`);
    const settings = () =>
      project.sql(`
        select setrole::regrole, unnest(setconfig) from pg_db_role_setting s join pg_database d on d.oid = s.setdatabase
          where datname = 'shop' order by 1, 2;
        select datconnlimit, shobj_description(oid, 'pg_database') from pg_database where datname = 'shop'`);
    const settingsThen = await settings();

    // A client that is connected all the time is sent away, and comes back to the restored one.
    const sleeping = project.sql("select pg_sleep(600)").catch((error: unknown) => String(error));
    const { old, swapMs } = await deployer.database.restore(id, { reason: "bad migration" }, signal);
    expect(await sleeping).toMatch(/terminat|closed/);
    expect(swapMs).toBeLessThan(2_000);
    expect(await count()).toBe(before);
    expect(await project.sql("select count(*) from customers where name = 'gone'")).toBe("0");
    expect(await project.sql("select count(*) > 0 from pg_stats where schemaname = 'public'")).toBe("t");
    // Settings and owner of a database are not in its dump.
    expect(await project.sql("show search_path")).toBe("public, pg_catalog");
    expect(settingsThen).toContain("-|statement_timeout=77s");
    expect(settingsThen).toContain("reporter|work_mem=5MB");
    expect(await settings()).toBe(settingsThen);
    expect(await project.sql("show statement_timeout")).toBe("66s");
    expect(await databases()).toEqual(["postgres", "shop", old]);

    // The same again would take the kept one away: it is refused, and nothing changes.
    await expect(deployer.database.restore(id, {}, signal)).rejects.toMatchObject({ code: "RESTORE_FAILED" });
    expect(await databases()).toEqual(["postgres", "shop", old]);

    expect(await deployer.database.planUndo(id, signal)).toEqual({
      backup: id,
      live: { database: "shop", service: "db" },
      restored: { at: expect.any(String), actor: "ada", reason: "bad migration" },
      takenBack: null,
      releases: { data: null, serves: null },
      findings: [],
    });
    const undone = await deployer.database.undoRestore(id, {}, signal);
    expect(await count()).toBe(before - 100);
    expect(await project.sql("select count(*) from customers where name = 'gone'")).toBe("2000");
    expect(await databases()).toEqual(["postgres", "shop", undone]);
    expect((await journal()).map(({ type, result }) => `${String(type)} ${String(result)}`)).toEqual(
      expect.arrayContaining(["database-restore done", "database-restore failed", "database-restore-undo done"]),
    );
  });
});

it("a restore tells whoever reads slots of the database, before it is agreed to and after it", async () => {
  const { id } = await deployer.database.backup({}, signal);
  await project.sql("select pg_create_logical_replication_slot('cdc', 'pgoutput')");
  expect((await deployer.database.planRestore(id)).findings).toMatchObject([
    { severity: "warn", code: "replication-slots-stay", message: expect.stringMatching(/: cdc$/) },
  ]);
  const told: string[] = [];
  const { old } = await deployer.database.restore(id, { onFinding: ({ message }) => told.push(message) }, signal);
  expect(told).toEqual([expect.stringMatching(new RegExp(`stay with ${old}, .*: cdc$`))]);
  // What it set aside is nobody's to restore.
  expect((await deployer.database.planRestore(id)).findings).toEqual([]);
  await project.sql(`select pg_drop_replication_slot('cdc'); drop database ${old}`);
});

it("a restore that stops a subscription says so, before it is agreed to and after it, with what starts it again", async () => {
  await project.sql(`create publication outgoing for table customers;
    create subscription incoming connection 'host=nowhere dbname=shop' publication orders with (connect = false);
    alter subscription incoming enable`);
  const { id, fingerprint } = await deployer.database.backup({ prove: true }, signal);
  expect(fingerprint?.objects).toMatchObject({ publications: 1, subscriptions: 1 });
  expect(fingerprint?.notCovered.join()).toContain("subscriptions");
  expect((await deployer.database.planRestore(id)).findings.map(({ code }) => code)).toEqual(["subscriptions-stop"]);

  const told: Finding[] = [];
  const { old } = await deployer.database.restore(id, { onFinding: (finding) => told.push(finding) }, signal);
  expect(told.map(({ code }) => code)).toEqual(["subscriptions-left"]);
  const alter = 'alter subscription "incoming"';
  const open = `alter database "${old}" with allow_connections true`;
  const forget = [`${alter} disable`, `${alter} set (slot_name = none)`, 'drop subscription "incoming"'];
  const enable = `${alter} enable`;
  expect(told[0]?.hint).toContain(`${open}; in ${old}: ${forget.join("; ")}; then in shop: ${enable}; `);

  const enabled = () => project.sql("select subenabled from pg_subscription");
  expect((await enabled()).split("\n").toSorted()).toEqual(["f", "t"]);
  await project.sql(open);
  for (const statement of forget) await project.sql(statement, old);
  await project.sql(enable);
  expect(await enabled()).toBe("t");
  await project.sql(`drop database ${old}`);
  for (const statement of [...forget, "drop publication outgoing"]) await project.sql(statement);
});

it("a database that lies in a tablespace lies there again after a restore", async () => {
  const move = (tablespace: string) => project.sql(`alter database shop set tablespace ${tablespace}`, "postgres");
  await project.sql("copy (select 1) to program 'cat > /dev/null; mkdir /var/lib/postgresql/fast'");
  await project.sql("create tablespace fast location '/var/lib/postgresql/fast'");
  await move("fast");
  const { id } = await deployer.database.backup({ prove: true }, signal);
  const { old } = await deployer.database.restore(id, {}, signal);
  const lies = "select spcname from pg_database d join pg_tablespace t on t.oid = dattablespace where datname = 'shop'";
  expect(await project.sql(lies)).toBe("fast");
  await project.sql(`drop database ${old}`);
  await move("pg_default");
  await project.sql("drop tablespace fast");
});

describe("an encrypted store of its own", () => {
  const open = async (encryption: object) => {
    const configFile = join(project.directory, `sluice-${Object.keys(encryption).length}.yaml`);
    const database = { store: { directory: "sealed" }, encryption };
    await writeFile(configFile, JSON.stringify({ database }));
    return createDeployer({ ...options(), configFile });
  };

  it("is proven with the key, and written but never read without it", async () => {
    const recipient = await identityToRecipient(identity);
    await writeFile(join(project.directory, "backup.key"), `# kept elsewhere\n${identity}\n`);
    await using holder = await open({ recipient, identityFile: "backup.key" });
    const proven = await holder.database.backup({ prove: true }, signal);
    expect(highestLevel(proven)).toBe("compared");
    expect(proven.cipher).toEqual({ alg: "age", recipient });
    const dump = await readFile(join(project.directory, "sealed", `${proven.id}.dump`));
    expect(dump.subarray(0, 21).toString()).toBe("age-encryption.org/v1");
    const globals = await readFile(join(project.directory, "sealed", `${proven.id}.globals`));
    expect(globals.includes("app_ro")).toBe(false);

    await using writer = await open({ recipient });
    const { id } = await writer.database.backup({}, signal);
    await expect(writer.database.verify(id, {}, signal)).rejects.toMatchObject({ code: "BACKUP_KEY_WRONG" });
    expect(highestLevel(await holder.database.verify(id, {}, signal))).toBe("compared");
  });
});

it("pruning keeps what is proven and removes what is not needed", async () => {
  const { backups } = await deployer.database.list();
  const { decisions } = await deployer.database.prune({}, signal);
  expect(decisions.map(({ remove }) => remove)).toEqual(backups.map(() => false));
});

it("in all of that no argument of any process held the password, nor the key of an encrypted backup", async () => {
  expect(await argumentsSeen("pg_dump ", "pg_restore ")).toEqual([]);
});
