import type { Finding } from "@sluice/core";
import { highestLevel, planRestore, restoreBackup, undoRestore, verifyBackup } from "@sluice/database";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Backups, backupsOf } from "./support/backups.ts";
import { docker, type Project, startProject } from "./support/postgres.ts";
import { until } from "./support/until.ts";

let project: Project;
let backups: Backups;
const made: Backups[] = [];
beforeAll(async () => {
  project = await startProject("dbsettings");
  backups = await backupsOf(project);
  made.push(backups);
});
afterAll(async () => {
  for (const one of made) await one[Symbol.asyncDispose]();
  await project?.[Symbol.asyncDispose]();
});

const server = (sql: string) => project.sql(sql, "postgres");
const databases = async () =>
  (await server("select datname from pg_database where datname like '%shop%' order by 1")).split("\n");

/** Of a restore: what it told, and what the live database is called now. */
async function restored({ ports }: Backups, id: string) {
  const told: Finding[] = [];
  const { old } = await restoreBackup({ ...ports, onFinding: (finding) => told.push(finding) }, id);
  return { told, old };
}

describe("where somebody has stopped all writes before a restore", () => {
  it.each([
    ["in the database", "alter database shop set default_transaction_read_only = on", "alter database shop reset all"],
    ["for the user", "alter role shop set default_transaction_read_only = on", "alter role shop reset all"],
  ])("%s, it takes place, and is undone", async (_, stop, go) => {
    const { id } = await backups.take();
    await project.sql("create table later (id int)");
    await server(stop);
    const { told, old } = await restored(backups, id);
    expect(told.map(({ code }) => code)).toEqual(stop.includes("database") ? ["writes-stopped"] : []);
    await expect(project.sql("create table refused (id int)")).rejects.toThrow("read-only transaction");
    const undone = await undoRestore(backups.ports, id);
    await server(`set default_transaction_read_only = off; ${go}; drop database ${undone}`);
    expect(await project.sql("drop table later; select 1")).toBe("1");
    expect(await databases()).not.toContain(old);
  });
});

it("rights that are those of any database, in whatever order they were written out, are no own ones that could be gone", async () => {
  await server("revoke all on database shop from public; grant connect, temporary on database shop to public");
  const { id } = await backups.take();
  await server("update pg_database set datacl = null where datname = 'shop'");
  expect((await planRestore(backups.ports, id)).findings).toEqual([]);
});

it("what belonged to the database and is gone since, as on a new server, is named before a restore and after it", async () => {
  await server(`alter database shop set app.jwt_secret = 's3cret';
    alter role app_ro in database shop set work_mem = '5MB';
    alter database shop with connection limit 33; comment on database shop is E'two\\nlines';
    revoke connect on database shop from public; grant connect on database shop to app_ro`);
  const { id } = await backups.take();
  expect((await planRestore(backups.ports, id)).findings).toEqual([]);
  expect(highestLevel(await verifyBackup(backups.ports, { id }))).toBe("compared");
  await server(`alter database shop reset app.jwt_secret; alter role app_ro in database shop reset all;
    alter database shop with connection limit -1; comment on database shop is null;
    grant connect on database shop to public; revoke connect on database shop from app_ro`);
  const { findings } = await planRestore(backups.ports, id);
  const hint = findings[0]?.hint ?? "";
  expect(findings).toMatchObject([{ code: "settings-gone" }]);
  expect(JSON.stringify(findings)).not.toContain("s3cret");
  const { told, old } = await restored(backups, id);
  expect(told).toEqual(findings);
  await server(`drop database ${old}`);

  // As a person would, who knows what stands for the dots.
  const [, statements = ""] = /gone: (.*) \(what … stands for/s.exec(hint) ?? [];
  expect(statements).toContain("with connection limit 33");
  await server(statements.replace("…", "'s3cret'"));
  expect((await planRestore(backups.ports, id)).findings).toEqual([]);
});

describe("a user who is no superuser", () => {
  let own: Backups;
  beforeAll(async () => {
    await server("create role app login createdb; create database appshop owner app");
    await project.sql("create table carts (id int primary key); alter table carts owner to app", "appshop");
    const target = { container: project.container, user: "app", superuser: "shop", database: "appshop" };
    own = await backupsOf(project, { target });
    made.push(own);
  });

  it("restores beside an autovacuum worker, whose session is nobody's to end", async () => {
    const { id } = await own.take();
    // A worker that stays for a while: it is told to be slow, and waits for nobody.
    await project.sql(
      "insert into carts select generate_series(1, 300000); delete from carts where id % 2 = 0",
      "appshop",
    );
    await server(`alter system set autovacuum_naptime = '1s'; alter system set autovacuum_vacuum_cost_delay = '100ms';
      alter system set autovacuum_vacuum_cost_limit = 1`);
    await server("select pg_reload_conf()");
    const workers = "select count(*) from pg_stat_activity where datname = 'appshop' and usesysid is null";
    await expect.poll(() => server(workers), { timeout: 60_000, interval: 200 }).not.toBe("0");
    const { old } = await restored(own, id);
    await server("alter system reset all");
    await server("select pg_reload_conf()");
    expect(await databases()).toContain(old);
    expect(await project.sql("select count(*) from carts", "appshop")).toBe("0");
    await server(`drop database ${old}`);
  });

  it("restores where it may not set all that was set of the database, and is told what is left to a superuser", async () => {
    const { id } = await own.take();
    await server(`alter database appshop set log_min_duration_statement = 5; alter database appshop set work_mem = '5MB';
      alter role app_ro in database appshop set work_mem = '6MB'`);
    const { told, old } = await restored(own, id);
    const left = [
      "alter database appshop set log_min_duration_statement to '5'",
      "alter role app_ro in database appshop set work_mem to '6MB'",
    ];
    expect(told).toMatchObject([{ code: "settings-gone", message: expect.stringContaining("app may not") }]);
    expect(told[0]?.hint?.split(": ")[1]?.split("; ").toSorted()).toEqual(left);
    expect(await project.sql("show work_mem", "appshop")).toBe("5MB");
    await server(`drop database ${old}`);
  });

  it("is told whose sessions keep a restore from taking place, beforehand and by its failure", async () => {
    const { id } = await own.take();
    const ended = project.sql("set application_name = 'exporter'; select pg_sleep(600)", "appshop").catch(String);
    await expect
      .poll(() => server("select count(*) from pg_stat_activity where application_name = 'exporter'"))
      .toBe("1");
    const { findings } = await planRestore(own.ports, id);
    expect(findings).toMatchObject([
      {
        code: "sessions-in-the-way",
        message: expect.stringMatching(/app may not end .*: shop \(exporter, pid \d+\)$/),
      },
    ]);
    await expect(restored(own, id)).rejects.toMatchObject({
      code: "RESTORE_FAILED",
      message: expect.stringMatching(/did not end within 10 s: shop \(exporter, pid \d+\), which app may not end/),
    });
    expect(await databases()).toEqual(["appshop", "shop"]);
    await server("select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'exporter'");
    expect(await ended).toContain("terminating");
    const { old } = await restored(own, id);
    await server(`drop database ${old}`);
  });
});

describe("a transaction that was prepared and has no end yet", () => {
  beforeAll(async () => {
    await server("alter system set max_prepared_transactions = 5");
    await docker("restart", project.container);
    await until(async () => (await server("select 1").catch(() => "")) === "1");
  });

  it("keeps a restore and an undo from closing the database, and is named with what ends it", async () => {
    const { id } = await backups.take();
    const prepare = (gid: string) =>
      project.sql(`begin; create table t${gid} (id int); prepare transaction 'it''s ${gid}'`);
    const refused = (gid: string) => ({
      code: "RESTORE_FAILED",
      message: expect.stringContaining(`'it''s ${gid}'`),
      hint: expect.stringContaining(`in shop: commit prepared 'it''s ${gid}', or rollback prepared 'it''s ${gid}'`),
    });
    await prepare("a");
    await expect(planRestore(backups.ports, id)).rejects.toMatchObject(refused("a"));
    await expect(restored(backups, id)).rejects.toMatchObject(refused("a"));
    expect(await databases()).toEqual(["appshop", "shop"]);
    await project.sql("rollback prepared 'it''s a'");

    const { old } = await restored(backups, id);
    await prepare("b");
    await expect(undoRestore(backups.ports, id)).rejects.toMatchObject(refused("b"));
    expect(await databases()).toEqual(["appshop", "shop", old]);
    await project.sql("rollback prepared 'it''s b'");
    await server(`drop database ${await undoRestore(backups.ports, id)}`);
  });
});
