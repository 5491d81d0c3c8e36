import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { Finding } from "@sluice/core";
import { findMysqlTarget, highestLevel, runMysqlMigration } from "@sluice/database";
import { watchArguments } from "@sluice/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createSession } from "../src/session.ts";
import { type ComposeProject, startComposeProject } from "./support/compose-project.ts";
import { expectEventsBackAndForth } from "./support/events-back-and-forth.ts";
import { mariadbService, mariadbVolumes } from "./support/mariadb.ts";
import { settings } from "./support/migrations.ts";
import { docker } from "./support/postgres.ts";
import { tableLocks } from "./support/table-locks.ts";
import { until } from "./support/until.ts";

/** Searched for wherever it must not be. */
const password = "canary-7b20e4";
const signal = new AbortController().signal;
let project: ComposeProject;

const compose = {
  services: {
    db: { ...mariadbService({ password: "shop", root: password }), command: ["--event-scheduler=ON"] },
  },
  volumes: mariadbVolumes,
};

/** What gets lost easily: names that need quotes, other character sets, bits, programs, a sequence, what refers to itself. */
const content = `
alter database shop character set utf8mb4 collate utf8mb4_general_ci;
create table customers (id bigint auto_increment primary key, name varchar(100) not null, data json default '{}', flags bit(3) default b'101', face blob, at timestamp(6) default current_timestamp(6));
create table orders (id int auto_increment primary key, customer bigint, total decimal(12, 2), price double, foreign key (customer) references customers (id));
create table \`we ird\`\`name\` (\`a b\` int, t text) default charset latin1;
create table audit (id int auto_increment primary key, what varchar(50));
create table still (a int) engine = myisam;
create table prices (id int primary key, price int) with system versioning;
insert into prices values (1, 10), (2, 20);
update prices set price = 11 where id = 1;
delete from prices where id = 2;
create sequence numbers start with 100 increment by 10;
select nextval(numbers);
insert into customers (name, face) select concat('customer ', seq), unhex('00ff270a5c') from seq_1_to_500;
insert into orders (customer, total, price) select 1 + seq mod 500, seq * 1.5, seq / 3 from seq_1_to_20000;
insert into \`we ird\`\`name\` values (1, 'line\nbreak'), (1, 'line\nbreak'), (null, 'ä');
create view large as select * from orders where total > 100;
create trigger shop.noted after insert on shop.customers for each row insert into audit (what) values (concat('customer ', new.id));
delimiter //
create procedure totals() begin select sum(total) from orders; end //
create function next(a int) returns int deterministic return a + 1 //
alter database shop character set latin1 //
create function older() returns varchar(40) deterministic begin declare own varchar(9); return collation(own); end //
alter database shop character set utf8mb4 collate utf8mb4_general_ci //
create event tick on schedule every 1 second do insert into audit (what) values ('tick') //
delimiter ;
create user reader@'%' identified by 'secret';
grant select on shop.large to reader@'%';
create user \`call'er\`@localhost identified by 'secret';
create role callers;
grant execute on procedure shop.totals to \`call'er\`@localhost with grant option;
grant execute, alter routine on function shop.next to callers;
`;

async function sql(statements: string): Promise<string> {
  const command = ["mariadb", "--batch", "--raw", "--skip-column-names", "-u", "root", "shop"];
  return project.run("db", command, { input: statements, environment: { MYSQL_PWD: password } });
}
const called = async (statement: string) =>
  project.run("db", ["mariadb", "--batch", "--skip-column-names", "--user=call'er", "shop"], {
    input: statement,
    environment: { MYSQL_PWD: "secret" },
  });
const databases = async () => (await sql("show databases like 'shop%'")).split("\n");
const collationSql = "select @@collation_database";
const rightsSql =
  "select host, db, user, routine_name, routine_type, proc_priv from mysql.procs_priv where db = 'shop' order by 3, 4";
const countOf = async (table: string) => Number(await sql(`select count(*) from ${table}`));

/** Runs what waits until it is let go. */
const held = (statements: string) => sql(statements).catch(() => "");
const holders = async () => {
  const found = await sql(
    "select id from information_schema.processlist where info like '%sleep(600)%' and id <> connection_id()",
  );
  return found.split("\n").filter((id) => id !== "");
};
const { isWaiting, isDropping, endWaiting, withLockWait } = tableLocks(sql);
async function letGo(count: number): Promise<void> {
  const ids = await holders();
  expect(ids).toHaveLength(count);
  await sql(ids.map((id) => `kill ${id};`).join(" "));
}

beforeAll(async () => {
  project = await startComposeProject("maria", { compose, config: {} });
  await sql(content);
});
afterAll(() => project?.[Symbol.asyncDispose]());

describe("a MariaDB under writes", () => {
  it("is backed up as it was at one moment, and proven to the row; its password is no argument", async () => {
    let [going, count] = [true, 0];
    const stop = await watchArguments(password);
    const writing = (async () => {
      while (going) {
        await sql("insert into orders (customer, total) select 1, 1 from seq_1_to_50");
        count += 50;
        await delay(20);
      }
    })();
    const proven = await project.deployer.database.backup({ prove: true }, signal);
    expect(proven.kind).toBe("mariadb");
    expect(highestLevel(proven)).toBe("compared");
    going = false;
    await writing;
    expect(count).toBeGreaterThan(0);
    expect(await stop("mariadb-dump ", "mariadb ")).toEqual([]);
    expect((await project.deployer.database.list()).backups.at(-1)?.fingerprint).toMatchObject({
      objects: { views: 1, triggers: 1, routines: 3, "recurring events": 1 },
      notCovered: expect.arrayContaining([expect.stringContaining("still")]),
    });
    // Nothing of it is left, neither on the engine nor in the container.
    const labels = ["--filter", "label=dev.sluice.kind=scratch", "--filter", `label=dev.sluice.stack=${project.stack}`];
    expect(await docker("ps", "-aq", ...labels)).toBe("");
    await until(
      async () => (await sql("select count(*) from information_schema.processlist where db = 'shop'")) === "1",
    );
    expect(await project.run("db", ["ls", "/tmp"])).toBe("");
  });

  it("is not held up by a transaction that somebody left open, nor by a long query", async () => {
    const open = held("begin; update customers set name = 'held' where id = 1; select sleep(600)");
    const long = held("select count(*), sleep(600) from customers where id = 1");
    await until(async () => (await holders()).length === 2);
    await project.deployer.database.backup({}, signal);
    await letGo(2);
    await Promise.all([open, long]);
  });
});

it("ends what dead runs left waiting in the container", async () => {
  const waits = "mkfifo /tmp/nobody-reads; exec mariadb-dump -u root --result-file=/tmp/nobody-reads shop";
  const environment = ["-e", "SLUICE_BACKUP=backup-dead", "-e", `MYSQL_PWD=${password}`];
  await docker("exec", "-d", ...environment, project.container("db"), "sh", "-c", waits);
  const dumps = () => project.run("db", ["sh", "-c", "grep -l mariadb-dump /proc/[0-9]*/comm || true"]);
  await until(async () => (await dumps()) !== "");
  await project.deployer.database.backup({}, signal);
  await until(async () => (await dumps()) === "");
  await project.run("db", ["rm", "/tmp/nobody-reads"]);
});

describe("going back", () => {
  it("exchanges all tables and what belongs to them, and is undone", async () => {
    await sql(
      "create user gone@'%'; grant all on shop.* to gone@'%'; create definer = gone@'%' view orphaned as select id, total from orders; drop user gone@'%'; create database elsewhere; create table elsewhere.t (id int); create view across as select o.id, t.id as other from orders o left join elsewhere.t on t.id = o.id",
    );
    const { id, verified } = await project.deployer.database.backup({ prove: true }, signal);
    expect(verified.at(-1)).toMatchObject({
      level: "compared",
      notTested: expect.arrayContaining([expect.stringMatching(/^views that read another database.*: across \(/)]),
    });
    const before = await countOf("orders");
    await sql(
      "alter database shop collate utf8mb4_bin; delete from orders where id <= 100; drop view large; drop trigger noted; create table later (id int); alter event tick disable; create procedure late() select 1; grant execute on procedure late to `call'er`@localhost",
    );
    const rights = await sql(rightsSql);

    const plan = await project.deployer.database.planRestore(id);
    expect(plan.losses).toEqual(
      expect.arrayContaining([
        { name: "orders", rowsThen: before, rowsNow: before - 100 },
        { name: "later", rowsThen: null, rowsNow: 0 },
      ]),
    );

    const told: Finding[] = [];
    const { old } = await project.deployer.database.restore(id, { onFinding: (one) => told.push(one) }, signal);
    expect(told).toMatchObject([
      { code: "definers-missing", message: expect.stringContaining(": gone@% (view orphaned)") },
    ]);
    expect(await countOf("orders")).toBe(before);
    expect(await sql("select id, price from prices for system_time all order by id, row_end")).toBe(
      "1\t10\n1\t11\n2\t20",
    );
    expect(await countOf("large")).toBeGreaterThan(0);
    expect(await countOf("across")).toBe(before);
    expect(await sql("show create view orphaned")).toContain("`shop`.`orders`.`total`");
    expect(
      await sql(
        "select next(1), older(); select event_name, status from information_schema.events where event_schema = 'shop'",
      ),
    ).toBe("2\tlatin1_swedish_ci\ntick\tENABLED");
    expect(await sql(collationSql)).toBe("utf8mb4_general_ci");
    await sql("insert into customers (name) values ('after')");
    expect(await countOf("audit where what like 'customer%'")).toBeGreaterThan(0);
    expect(await called("call totals()")).toBe(await sql("select sum(total) from orders"));
    expect(await databases()).toEqual(["shop", old]);
    // Its events run again, and those of the database that was set aside do not.
    const [ticks, rest] = [await countOf("audit"), await countOf(`${old}.audit`)];
    await until(async () => (await countOf("audit")) > ticks);
    expect(await countOf(`${old}.audit`)).toBe(rest);

    await expect(project.deployer.database.restore(id, {}, signal)).rejects.toMatchObject({ code: "RESTORE_FAILED" });

    const undone = await project.deployer.database.undoRestore(id, {}, signal);
    expect(await countOf("orders")).toBe(before - 100);
    expect(await countOf("later")).toBe(0);
    expect(await countOf("across")).toBe(before - 100);
    expect(await sql("show create view orphaned")).toContain("`shop`.`orders`.`total`");
    expect(await sql(collationSql)).toBe("utf8mb4_bin");
    expect(await sql("select older()")).toBe("latin1_swedish_ci");
    expect(await sql("select status from information_schema.events where event_schema = 'shop'")).toBe("DISABLED");
    expect(await databases()).toEqual(["shop", undone]);
    expect(await called("call late(); call totals()")).toBe(`1\n${await sql("select sum(total) from orders")}`);
    expect(await sql(rightsSql)).toBe(rights);
    await sql(
      `alter database shop collate utf8mb4_general_ci; drop function older; drop view orphaned; drop view across; drop database elsewhere; drop database ${undone}; create view large as select * from orders where total > 100; create trigger noted after insert on customers for each row insert into audit (what) values (concat('customer ', new.id)); alter event tick enable`,
    );
  });

  it("goes back and forth with events that are somebody's own, and with those whose time comes meanwhile", () =>
    expectEventsBackAndForth(project, sql, signal));

  it("is refused while the server lacks accounts as which something acts", async () => {
    const { database } = project.deployer;
    await sql(`create user app@'%', net@'10.%'; create role acting; grant all on shop.* to app@'%', net@'10.%', acting;
      create definer = app@'%' trigger dated before insert on orders for each row set new.price = 1;
      create definer = net@'10.0.0.5' view near as select 1;
      create definer = app@localhost procedure mine() select 1;
      create definer = nobody@'%' sql security invoker view anyones as select 1;
      create definer = acting event acts on schedule every 1 day do do 1;
      create definer = acting function acted() returns int return 1;`);
    const { id } = await database.backup({}, signal);
    const before = await databases();
    // As on a new server: what the live database lacks itself is no reason.
    await sql("drop trigger dated; drop function acted; drop event acts; drop user app@'%'; drop role acting");
    const refused = await database.restore(id, {}, signal).catch((error: unknown) => error);
    expect(refused).toMatchObject({
      code: "BACKUP_ROLE_MISSING",
      message: expect.stringContaining("app@% (trigger dated)"),
      hint: expect.stringContaining("create user `app`@`%` account lock"),
    });
    expect(refused).toMatchObject({ message: expect.stringContaining("acting (function acted, event acts)") });
    expect(refused).toMatchObject({ hint: expect.stringContaining("create role `acting`") });
    expect(await databases()).toEqual(before);
    await sql("create user app@'%' account lock; create role acting; grant all on shop.* to app@'%', acting");
    const told: Finding[] = [];
    const { old } = await database.restore(id, { onFinding: (one) => told.push(one) }, signal);
    expect(told).toEqual([]);
    await sql("insert into orders (customer) values (1)");
    await sql(
      `drop trigger dated; drop view near; drop view anyones; drop procedure mine; drop event acts; drop function acted; drop database ${old}; drop user app@'%', net@'10.%'; drop role acting`,
    );
  });

  it("names keys that act on in what was set aside", async () => {
    const { database } = project.deployer;
    await sql(`create database crm; create table crm.people (id int primary key); insert into crm.people values (1);
      create table calls (who int, constraint called foreign key (who) references crm.people (id)); insert into calls values (1)`);
    const { id } = await database.backup({}, signal);
    await sql("delete from calls");
    const key = (code: string) => [{ code, message: expect.stringContaining(": calls.called (to crm.people)") }];
    expect((await database.planRestore(id)).findings).toMatchObject(key("foreign-keys-stay"));
    const told: Finding[] = [];
    const call = { onFinding: (one: Finding) => void told.push(one) };
    await database.restore(id, call, signal);
    expect(told.splice(0)).toMatchObject(key("foreign-keys-left"));
    const undone = await database.undoRestore(id, call, signal);
    expect(told).toMatchObject(key("foreign-keys-left"));
    await expect(sql("delete from crm.people")).rejects.toThrow(undone);
    await sql(told[0]?.hint?.split(": ").at(-1) ?? "");
    await sql(`delete from crm.people; drop table calls; drop database crm; drop database ${undone}`);
  });

  it("takes nothing away where an undo cannot be done", async () => {
    const { id } = await project.deployer.database.backup({}, signal);
    await sql("delete from orders where id <= 200; drop view large; drop trigger noted");
    const { old } = await project.deployer.database.restore(id, {}, signal);
    await sql("drop trigger noted");
    await sql(
      `use ${old}; create view kept as select * from orders; create trigger heard after insert on customers for each row insert into audit (what) values ('heard')`,
    );
    const undo = () => project.deployer.database.undoRestore(id, {}, signal);

    const holding = held("use mysql; lock tables shop.still write; select sleep(600)");
    await until(async () => (await holders()).length === 1);
    await expect(withLockWait(2, undo)).rejects.toMatchObject({
      code: "RESTORE_FAILED",
      message: expect.stringContaining("Lock wait"),
    });
    await letGo(1);
    await holding;
    expect(await countOf("large")).toBeGreaterThan(0);
    expect(await databases()).toEqual(["shop", old]);

    const undone = await undo();
    expect(await countOf("kept")).toBe(await countOf("orders"));
    await sql("insert into customers (name) values ('heard')");
    expect(await countOf("audit where what = 'heard'")).toBe(1);
    expect(await databases()).toEqual(["shop", undone]);
    await sql(
      `drop database ${undone}; drop view kept; drop trigger heard; create view large as select * from orders where total > 100; create trigger noted after insert on customers for each row insert into audit (what) values (concat('customer ', new.id))`,
    );
  });

  it("leaves the database whole and its events running where the deployer dies in it", async () => {
    const { id } = await project.deployer.database.backup({}, signal);
    const holding = held("use mysql; lock tables shop.still write; select sleep(600)");
    await until(async () => (await holders()).length === 1);
    const program = join(import.meta.dirname, "programs", "restore-backup.ts");
    const doomed = spawn(
      process.execPath,
      [
        "--conditions=sluice-source",
        program,
        project.stack,
        project.directory,
        `${project.directory}/sluice-1.yaml`,
        id,
      ],
      { stdio: ["ignore", "ignore", "inherit"] },
    );
    const over = once(doomed, "exit");
    await until(isWaiting);
    doomed.kill("SIGKILL");
    await over;
    expect(await sql("select @@event_scheduler")).toBe("OFF");
    // As long as somebody is waited for, nothing is dropped.
    const objects = `select table_name from information_schema.views where table_schema = 'shop'
      union all select trigger_name from information_schema.triggers where trigger_schema = 'shop'`;
    expect(await sql(objects)).toBe("large\nnoted");
    // Not taken by a backup for what a dead one left.
    const marked = "grep -l SLUICE_BACKUP= /proc/[0-9]*/environ || true";
    expect(await project.run("db", ["sh", "-c", marked])).toBe("");
    // The script in the container goes on alone, and waits for no longer than it means to: a server would for a day.
    await until(async () => !(await isWaiting()));
    await until(async () => (await sql("select @@event_scheduler")) === "ON");
    await letGo(1);
    await holding;
    expect(await sql(objects)).toBe("large\nnoted");
    await until(async () => (await project.run("db", ["ls", "/tmp"])) === "");
    const ticks = await countOf("audit");
    await until(async () => (await countOf("audit")) > ticks);
    await expect(project.deployer.database.undoRestore(id, {}, signal)).rejects.toMatchObject({
      code: "BACKUP_UNKNOWN",
      hint: expect.stringContaining(`sluice db restore ${id}`),
    });
    // The empty database that it left is in nobody's way.
    await project.deployer.database.restore(id, {}, signal);
    const left = (await databases()).filter((name) => name !== "shop");
    for (const name of left) await sql(`drop database ${name}`);
  });

  describe("where the script in the container dies with the deployer", () => {
    const setAside = "select count(*) > 0 from information_schema.tables where table_schema like 'shop\\_\\_old\\_%'";
    const marked = "grep -l SLUICE_SWAP= /proc/[0-9]*/environ || true";
    const programs = `select table_name from information_schema.views where table_schema = 'shop'
      union all select trigger_name from information_schema.triggers where trigger_schema = 'shop'
      union all select concat(event_name, ' ', status) from information_schema.events where event_schema = 'shop'
      union all select routine_name from information_schema.routines where routine_schema = 'shop' order by 1`;

    /** Both die as soon as that is there. */
    async function dieAt(id: string, isThere: () => Promise<boolean>): Promise<void> {
      const program = join(import.meta.dirname, "programs", "restore-backup.ts");
      const { stack, directory } = project;
      const args = ["--conditions=sluice-source", program, stack, directory, `${directory}/sluice-1.yaml`, id];
      const doomed = spawn(process.execPath, args, { stdio: ["ignore", "ignore", "inherit"] });
      const over = once(doomed, "exit");
      await until(isThere);
      doomed.kill("SIGKILL");
      const kill = `for place in $(${marked}); do place=\${place#/proc/}; kill -9 "\${place%/environ}"; done`;
      await project.run("db", ["sh", "-c", kill]);
      await over;
      await until(async () => (await project.run("db", ["sh", "-c", marked])) === "");
    }

    async function mended(): Promise<string> {
      const found: string[] = [];
      expect(await sql("select @@event_scheduler")).toBe("OFF");
      const { diagnoses } = await project.deployer.doctor(signal);
      expect(diagnoses).toContainEqual(
        expect.objectContaining({
          code: "restore-left",
          mend: expect.stringContaining("set global event_scheduler = on"),
        }),
      );
      await project.deployer.database.backup({ onFinding: ({ message }) => found.push(message) }, signal);
      expect(await sql("select @@event_scheduler")).toBe("ON");
      expect(await project.run("db", ["ls", "/tmp"])).toBe("");
      const ticks = await countOf("audit");
      await until(async () => (await countOf("audit")) > ticks);
      expect((await project.deployer.database.records()).filter(({ action }) => action === "mend").at(-1)?.reason).toBe(
        found[0]?.replace("db: ", ""),
      );
      const again = await project.deployer.doctor(signal);
      expect(again.diagnoses.filter(({ code }) => code === "restore-left")).toEqual([]);
      return found.join();
    }

    it("before it renames, the next command makes the database what it was", async () => {
      const { id } = await project.deployer.database.backup({}, signal);
      // Only who holds no table is met after something was dropped: the triggers, before this view.
      await sql("create view apart as select 1 as one");
      const before = await sql(programs);
      const holding = held("use mysql; select sleep(600) from shop.apart");
      await until(async () => (await holders()).length === 1);
      await dieAt(id, isDropping);
      expect(await sql(programs)).not.toBe(before);
      await endWaiting();
      await letGo(1);
      await holding;
      expect(await mended()).toContain("is given up, and the database is as it was; its events run again");
      expect(await sql(programs)).toBe(before);
      await sql("drop view apart");
      for (const name of (await databases()).filter((one) => one !== "shop")) await sql(`drop database ${name}`);
    });

    it("after it has renamed, the next command finishes it, and it can be undone", { timeout: 300_000 }, async () => {
      // What there is to do after it must last until the two are dead.
      const many = Array.from({ length: 600 }, (_, index) => `p${index}`);
      await sql(many.map((name) => `create procedure ${name}() select 1;`).join("\n"));
      const { id } = await project.deployer.database.backup({}, signal);
      const before = await sql(programs);
      const count = await countOf("orders");
      await sql("delete from orders where id > 19000; create procedure newer() select 1");
      await dieAt(id, async () => (await sql(setAside)) === "1");
      expect(await sql(programs)).not.toBe(before);
      expect(await mended()).toContain("is finished; its events run again");
      expect(await sql(programs)).toBe(before);
      expect(await countOf("orders")).toBe(count);
      const undone = await project.deployer.database.undoRestore(id, {}, signal);
      expect(await sql(programs)).toContain("newer");
      expect(await countOf("orders")).toBeLessThan(count);
      expect(await sql("select @@event_scheduler")).toBe("ON");
      await sql(["newer", ...many].map((name) => `drop procedure ${name};`).join("\n"));
      for (const name of (await databases()).filter((one) => one !== "shop")) await sql(`drop database ${name}`);
      expect(undone).toContain("__undone_");
    });
  });

  it("is refused before anyone is asked where another database refers to its tables", async () => {
    const { id } = await project.deployer.database.backup({}, signal);
    await sql(`create database crm;
      create table crm.notes (customer bigint, foreign key (customer) references shop.customers (id));`);
    const refusal = { code: "RESTORE_FAILED", message: expect.stringContaining("foreign keys of crm refer to tables") };
    await expect(project.deployer.database.planRestore(id)).rejects.toMatchObject(refusal);
    await expect(project.deployer.database.restore(id, {}, signal)).rejects.toMatchObject(refusal);
    await sql("drop database crm");
    expect((await project.deployer.database.planRestore(id)).findings).toEqual([]);
  });

  it("changes nothing where it cannot be done", async () => {
    const { id } = await project.deployer.database.backup({}, signal);
    await sql("insert into still values (1)");
    const before = await countOf("orders");
    // Whoever is of another database is not sent away, and holds a table longer than the swap waits for it.
    const holding = held("use mysql; lock tables shop.still write; select sleep(600)");
    await until(async () => (await holders()).length === 1);
    const restore = () => project.deployer.database.restore(id, {}, signal);
    const failed = await withLockWait(2, restore).catch((error: unknown) => error);
    expect(failed).toMatchObject({ code: "RESTORE_FAILED" });
    await letGo(1);
    await holding;
    expect(await countOf("orders")).toBe(before);
    expect((await databases()).filter((name) => name.includes(id.toLowerCase().replace("-", "_")))).toEqual([]);
    await sql("insert into customers (name) values ('triggers are there')");
    expect(await sql("select @@event_scheduler")).toBe("ON");
  });
});

it("migrations run one at a time, and one whose lock is lost says so", async () => {
  const { stack, directory } = project;
  await using session = createSession({
    stack,
    directory,
    stateHome: `${directory}/home`,
    env: process.env,
    actor: "ada",
  });
  const { exec } = session.runtime();
  const target = await findMysqlTarget(exec, project.container("db"), { user: "shop", database: "shop", signal });
  const told: string[] = [];
  const start = (run: string, waitMs: number, attempt: () => Promise<void>) =>
    runMysqlMigration(
      {
        exec,
        target,
        clock: session.clock,
        run,
        settings: { ...settings, onLongTransaction: "ignore", waitMs },
        signal,
        // An account that sees little is told that, too.
        onProgress: (text) => void (text.includes("(PROCESS)") || told.push(text)),
      },
      attempt,
    );
  const done = async () => {};
  const refused = () => start("r2", 300, done).catch((error: unknown) => error);
  await start("r1", 0, async () => {
    expect(await refused()).toMatchObject({
      code: "LOCK_HELD",
      message: expect.stringMatching(/session \d+ \(shop@localhost, since \d{4}-\d\d-\d\dT/),
      hint: expect.stringMatching(/kill \d+$/),
    });
  });
  // The one before has let go, also where its tool failed; whoever waits gets it.
  const failing = start("r3", 0, async () => {
    await delay(500);
    throw new Error("the tool");
  });
  await delay(200);
  const waiting = start("r4", 20_000, done);
  await expect(failing).rejects.toThrow("the tool");
  await waiting;
  expect(told).toEqual([]);
  await start("r5", 0, async () => {
    const [id] = /\d+/.exec(String(((await refused()) as Error).message.split("session ")[1])) ?? [];
    await sql(`kill ${id}`);
    await start("r6", 5_000, done);
  });
  expect(told).toEqual([expect.stringContaining("another migration may have run beside this one")]);
});

it("an account with few rights makes backups that say what they are not compared with", async () => {
  await using deployer = await project.open({ database: { user: "shop", store: { directory: "few" } } });
  await sql("drop procedure totals; drop procedure late; drop function next");
  const proven = await deployer.database.backup({ prove: true }, signal);
  expect(highestLevel(proven)).toBe("restored");
  expect(proven).toMatchObject({ fingerprint: null, globals: null });
  expect(proven.verified[0]?.notTested).toEqual(
    expect.arrayContaining([expect.stringContaining("whether it holds what the database held")]),
  );
  expect(proven.verified.at(-1)?.notTested.join()).toMatch(/what the database held: .*RELOAD/);
});
