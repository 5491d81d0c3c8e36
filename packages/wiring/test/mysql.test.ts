import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { type Finding, SluiceError, type StoredRelease } from "@sluice/core";
import {
  differences,
  type Fingerprint,
  findMysqlTarget,
  highestLevel,
  type Manifest,
  runMysqlMigration,
} from "@sluice/database";
import { provideRelease } from "@sluice/engine";
import { watchArguments } from "@sluice/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openDatabase } from "../src/database/open-database.ts";
import { rehearse } from "../src/database/rehearsal/rehearse.ts";
import { createSession, type Session } from "../src/session.ts";
import { type ComposeProject, startComposeProject } from "./support/compose-project.ts";
import { expectEventsBackAndForth } from "./support/events-back-and-forth.ts";
import { settings } from "./support/migrations.ts";
import { missingMysql, mysqlImage, mysqlService, mysqlVolumes } from "./support/mysql.ts";
import { docker } from "./support/postgres.ts";
import { tableLocks } from "./support/table-locks.ts";
import { until } from "./support/until.ts";

/** Searched for wherever it must not be. */
const password = "canary-5d81fa";
const signal = new AbortController().signal;

/** @param secret how the shell gets the password */
const client = (secret: string) => `mysql --host=db --user=shop --password="${secret}" shop`;
const db = {
  ...mysqlService({ password: "it's the shop's \\ own", root: password }),
  command: [
    "--gtid-mode=ON",
    "--enforce-gtid-consistency=ON",
    "--require-secure-transport=ON",
    "--default-time-zone=+09:00",
  ],
};
/** The migration is what the environment says, run with the application's own account and password. */
const migrate = {
  image: mysqlImage,
  environment: { SHOP_PASSWORD: db.environment.MYSQL_PASSWORD, MIGRATION: "${MIGRATION:-select 1}" },
  entrypoint: ["sh", "-c"],
  command: [`printf "%s" "$$MIGRATION" | ${client("$$SHOP_PASSWORD")}`],
  depends_on: { db: { condition: "service_healthy" } },
};
const volumes = mysqlVolumes;
const down = {
  job: "migrate",
  command: [`echo 'alter table orders drop column note' | ${client("$SHOP_PASSWORD")}`],
};
const config = { services: { migrate: { role: "job" } }, database: { service: "db", migrate: { down } } };

/** What gets lost easily: names that need quotes, other character sets, bits, what is computed or not shown, programs. */
const content = `
create table customers (id bigint auto_increment primary key, name varchar(100) not null, data json default (json_object('a', null)),
  flags bit(3) default b'101', face blob, at timestamp(6) default current_timestamp(6),
  loud varchar(100) generated always as (upper(name)) stored, quiet varchar(100) as (lower(name)), hidden int default 7 invisible,
  index by_length ((char_length(name))), check (char_length(name) > 0));
create table orders (id int auto_increment primary key, customer bigint, total decimal(12, 2), price double, foreign key (customer) references customers (id));
create table \`we ird\`\`näme\` (\`a b\` int, t text) default charset latin1;
create table places (id int primary key, spot point srid 4326, near vector(3), kind enum('a', 'ß'), tags set('x', 'y'), since year) default charset utf8mb4 collate utf8mb4_general_ci;
create table parts (id int primary key, total int) partition by hash (id) partitions 3;
create table audit (id int auto_increment primary key, what varchar(50));
create table still (a int) engine = myisam;
set cte_max_recursion_depth = 20000;
insert into customers (name, face, data) with recursive seq as (select 1 as n union all select n + 1 from seq where n < 500)
  select concat('customer ', n), unhex('00ff270a5c'), json_object('n', n, 'text', 'it''s "quoted" \\\\ \\n') from seq;
insert into orders (customer, total, price) with recursive seq as (select 1 as n union all select n + 1 from seq where n < 20000)
  select 1 + n mod 500, n * 1.5, n / 3 from seq;
insert into \`we ird\`\`näme\` values (1, 'line\\nbreak'), (1, 'line\\nbreak'), (null, 'ä'), (2, '\\\\');
insert into places values (1, st_geomfromtext('point(1 2)', 4326), string_to_vector('[1,2,3]'), 'ß', 'x,y', 2026), (2, null, null, null, null, null);
insert into parts values (1, 10), (2, 20), (3, 30);
create view large as select * from orders where total > 100;
create trigger noted after insert on customers for each row insert into audit (what) values (concat('customer ', new.id));
delimiter //
create procedure totals() begin select sum(total) from orders; end //
create function plus_one(a int) returns int deterministic return a + 1 //
create event tick on schedule every 1 second do insert into audit (what) values ('tick') //
delimiter ;
alter database shop character set latin1;
delimiter //
create function older() returns varchar(40) deterministic begin declare own varchar(9); return concat('ä ', collation(own)); end //
delimiter ;
alter database shop character set utf8mb4 collate utf8mb4_0900_ai_ci;
create user reader@'%' identified by 'secret' comment 'it''s a reader';
create role readers;
grant select on shop.large to readers;
grant readers to reader@'%', shop@'%';
alter user shop@'%' default role readers;
create user \`call'er\`@localhost identified by 'secret';
grant execute on procedure shop.totals to \`call'er\`@localhost with grant option;
grant execute, alter routine on function shop.plus_one to readers;
`;

let project: ComposeProject;
const sessions: Session[] = [];

async function sql(statements: string): Promise<string> {
  const command = ["mysql", "--batch", "--raw", "--skip-column-names", "-u", "root", "shop"];
  return project.run("db", [...command, "--default-character-set=utf8mb4"], {
    input: statements,
    environment: { MYSQL_PWD: password },
  });
}
const called = async (statement: string) =>
  project.run("db", ["mysql", "--batch", "--skip-column-names", "--user=call'er", "shop"], {
    input: statement,
    environment: { MYSQL_PWD: "secret" },
  });
const collationSql = "select @@collation_database";
const rightsSql =
  "select host, db, user, routine_name, routine_type, proc_priv from mysql.procs_priv where db = 'shop' order by 3, 4";
const databases = async () => (await sql("show databases like 'shop%'")).split("\n");
const countOf = async (table: string) => Number(await sql(`select count(*) from ${table}`));
const some = (count: number) =>
  `insert into orders (customer, total) with recursive seq as (select 1 as n union all select n + 1 from seq where n < ${count}) select 1, n from seq`;

/** Ends by itself, or when it is let go. */
const held = (statements: string) => sql(statements).catch(() => "");
const holders = async () => {
  const found = await sql(
    "select id from information_schema.processlist where info like '%sleep(600)%' and id <> connection_id()",
  );
  return found.split("\n").filter((id) => id !== "");
};
const kill = (ids: readonly string[]) => sql(ids.map((id) => `kill ${id};`).join(" "));
const { isDropping, endWaiting, withLockWait } = tableLocks(sql);

function openSession(environment: Readonly<Record<string, string>> = {}): Session {
  const { stack, directory } = project;
  const session = createSession({
    stack,
    directory,
    configFile: `${directory}/sluice-1.yaml`,
    stateHome: `${directory}/home`,
    env: { ...process.env, ...environment },
    actor: "ada",
  });
  sessions.push(session);
  return session;
}

function fingerprintOf({ id, fingerprint }: Manifest): Fingerprint {
  if (fingerprint) return fingerprint;
  throw new Error(`backup ${id} was compared with nothing`);
}

// A server needs ten seconds to come up, and minutes on a busy machine.
describe.skipIf(missingMysql !== "")(`MySQL${missingMysql}`, { timeout: 300_000 }, () => {
  beforeAll(async () => {
    // Compose waits for what is started, and a job ends: it comes into the file afterwards.
    project = await startComposeProject("mysql", { compose: { services: { db }, volumes }, config });
    await writeFile(join(project.directory, "compose.yaml"), JSON.stringify({ services: { db, migrate }, volumes }));
    await sql(content);
  }, 300_000);
  afterAll(async () => {
    for (const session of sessions) await session[Symbol.asyncDispose]();
    await project?.[Symbol.asyncDispose]();
  });

  describe("under writes", () => {
    it("is backed up as it was at one moment, and proven to the row; its password is no argument", async () => {
      let [going, count] = [true, 0];
      const stop = await watchArguments(password);
      const writing = (async () => {
        while (going) {
          await sql(some(50));
          count += 50;
          await delay(20);
        }
      })();
      const proven = await project.deployer.database.backup({ prove: true }, signal);
      going = false;
      await writing;
      expect(proven).toMatchObject({ kind: "mysql", server: { version: expect.stringMatching(/^\d+\.\d+\.\d+/) } });
      expect(highestLevel(proven)).toBe("compared");
      const accounts = await readFile(join(project.directory, "home", "backups", `${proven.id}.globals`), "utf8");
      expect(accounts.split("\n")).toEqual(
        expect.arrayContaining([
          "CREATE USER IF NOT EXISTS `reader`@`%` ACCOUNT LOCK;",
          "GRANT `readers`@`%` TO `reader`@`%`;",
          "SET DEFAULT ROLE `readers`@`%` TO `shop`@`%`;",
        ]),
      );
      expect(accounts).not.toContain("IDENTIFIED");
      expect(count).toBeGreaterThan(0);
      expect(await stop("mysqldump ", "mysql ")).toEqual([]);
      expect(fingerprintOf(proven)).toMatchObject({
        objects: { views: 1, triggers: 1, routines: 3, "recurring events": 1 },
        notCovered: expect.arrayContaining([expect.stringContaining("still")]),
      });
      expect(fingerprintOf(proven).tables.map(({ name, rows }) => [name, rows])).toEqual(
        expect.arrayContaining([
          ["customers", 500],
          ["we ird`näme", 4],
          ["places", 2],
          ["parts", 3],
        ]),
      );
      // Nothing of it is left, neither on the engine nor in the container.
      const mine = ["--filter", "label=dev.sluice.kind=scratch", "--filter", `label=dev.sluice.stack=${project.stack}`];
      expect(await docker("ps", "-aq", ...mine)).toBe("");
      await until(
        async () => (await sql("select count(*) from information_schema.processlist where db = 'shop'")) === "1",
      );
      expect(await project.run("db", ["ls", "/tmp"])).toBe("");
    });

    it("is not held up by a transaction that somebody left open", async () => {
      const statements = "begin; update customers set name = 'held' where id = 1;";
      const idle = `(echo "${statements}"; exec sleep 600) | exec mysql -u root shop`;
      const holding = project.run("db", ["sh", "-c", idle], { environment: { MYSQL_PWD: password } }).catch(() => "");
      const left =
        "select trx_mysql_thread_id from information_schema.innodb_trx where trx_query is null and trx_rows_modified = 1";
      await until(async () => (await sql(left)) !== "");
      try {
        expect((await project.deployer.database.backup({}, signal)).fingerprint).not.toBeNull();
        const { driver } = (await openDatabase(openSession(), {}, signal)).ports;
        const longest = await driver.longestTransaction?.({ backup: "test" });
        expect([longest?.application, (longest?.ms ?? 0) < 3_600_000]).toEqual(["root", true]);
      } finally {
        await kill([await sql(left)]);
        await project.run("db", ["sh", "-c", "kill $(pidof sleep)"]);
        await holding;
      }
    });

    it("is compared with nothing while a statement runs for long, and nobody waits behind that one", async () => {
      const long = held("select count(*), sleep(600) from customers where id = 1");
      await until(async () => (await holders()).length === 1);
      try {
        const { fingerprint, verified } = await project.deployer.database.backup({}, signal);
        expect(fingerprint).toBeNull();
        expect(verified[0]?.notTested.join()).toMatch(
          /session \d+ \(root@localhost\) has been running a statement for \d+ s/,
        );
        expect(await countOf("customers")).toBe(500);
        expect(await holders()).toHaveLength(1);
      } finally {
        await kill(await holders());
        await long;
      }
    });
  });

  it("goes back by an exchange of all tables and what belongs to them, which is undone", async () => {
    const { database } = project.deployer;
    const { id } = await database.backup({}, signal);
    const before = await countOf("orders");
    await sql(
      "alter database shop collate utf8mb4_bin; delete from orders where id <= 100; drop view large; drop trigger noted; create table later (id int); alter event tick disable; create procedure late() select 1; grant execute on procedure late to `call'er`@localhost",
    );
    const rights = await sql(rightsSql);
    expect((await database.planRestore(id)).losses).toEqual(
      expect.arrayContaining([
        { name: "orders", rowsThen: before, rowsNow: before - 100 },
        { name: "later", rowsThen: null, rowsNow: 0 },
      ]),
    );

    const { old } = await database.restore(id, {}, signal);
    expect(await countOf("orders")).toBe(before);
    expect(await countOf("large")).toBeGreaterThan(0);
    expect(
      await sql(
        "select plus_one(1), older(); select event_name, status from information_schema.events where event_schema = 'shop'",
      ),
    ).toBe("2\tä latin1_swedish_ci\ntick\tENABLED");
    expect(await sql(collationSql)).toBe("utf8mb4_0900_ai_ci");
    await sql("insert into customers (name) values ('after')");
    expect(await countOf("audit where what like 'customer%'")).toBeGreaterThan(0);
    expect(await called("call totals()")).toBe(await sql("select sum(total) from orders"));
    expect(await databases()).toEqual(["shop", old]);
    // Its events run again, and those of the database that was set aside do not.
    const [ticks, rest] = [await countOf("audit"), await countOf(`${old}.audit`)];
    await until(async () => (await countOf("audit")) > ticks);
    expect(await countOf(`${old}.audit`)).toBe(rest);

    const undone = await database.undoRestore(id, {}, signal);
    expect(await countOf("orders")).toBe(before - 100);
    expect(await countOf("later")).toBe(0);
    expect(await sql(collationSql)).toBe("utf8mb4_bin");
    expect(await sql("select older()")).toBe("ä latin1_swedish_ci");
    expect(await sql("select status from information_schema.events where event_schema = 'shop'")).toBe("DISABLED");
    expect(await databases()).toEqual(["shop", undone]);
    expect(await called("call late(); call totals()")).toBe(`1\n${await sql("select sum(total) from orders")}`);
    expect(await sql(rightsSql)).toBe(rights);
    await sql(
      `alter database shop collate utf8mb4_0900_ai_ci; drop function older; drop database ${undone}; create view large as select * from orders where total > 100; create trigger noted after insert on customers for each row insert into audit (what) values (concat('customer ', new.id))`,
    );
  });

  it("goes back and forth with events that are somebody's own, and with those whose time comes meanwhile", () =>
    expectEventsBackAndForth(project, sql, signal));

  it("is refused while the server lacks accounts as which something acts, and names keys that act on in what was set aside", async () => {
    const { database } = project.deployer;
    await sql(`create user app@'%', net@'10.%'; create role acting; grant all on shop.* to app@'%', net@'10.%', acting;
      create database crm; create table crm.people (id int primary key); insert into crm.people values (1);
      create table calls (who int, constraint called foreign key (who) references crm.people (id)); insert into calls values (1);
      create definer = app@'%' trigger dated before insert on calls for each row set new.who = 1;
      create definer = net@'10.0.0.5' view near as select 1;
      create definer = nobody@'%' sql security invoker view anyones as select 1;
      create definer = nobody@'%' view nobodys as select 1;
      create definer = acting event acts on schedule every 1 day do do 1;`);
    const { id } = await database.backup({}, signal);
    const before = await databases();
    // As on a new server: what the live database lacks itself is no reason.
    await sql("drop trigger dated; drop event acts; drop user app@'%'; drop role acting");
    await expect(database.restore(id, {}, signal)).rejects.toMatchObject({
      code: "BACKUP_ROLE_MISSING",
      message: expect.stringContaining(": app@% (trigger dated); acting@% (event acts)"),
      hint: expect.stringContaining("create user `app`@`%` account lock; create user `acting`@`%` account lock"),
    });
    expect(await databases()).toEqual(before);
    await sql("create user app@'%' account lock; create role acting; grant all on shop.* to app@'%', acting");
    const told: Finding[] = [];
    const { old } = await database.restore(id, { onFinding: (one) => told.push(one) }, signal);
    expect(told).toMatchObject([
      { code: "definers-missing", message: expect.stringContaining(": nobody@% (view nobodys)") },
      { code: "foreign-keys-left", message: expect.stringContaining(": calls.called (to crm.people)") },
    ]);
    await sql(`insert into calls values (1); delete from calls; ${told[1]?.hint?.split(": ").at(-1) ?? ""}`);
    await sql(
      `delete from crm.people; drop table calls; drop database crm; drop view near; drop view anyones; drop view nobodys; drop event acts; drop database ${old}; drop user app@'%', net@'10.%'; drop role acting`,
    );
  });

  it("takes nothing away where an undo cannot be done", async () => {
    const { database } = project.deployer;
    const { id } = await database.backup({}, signal);
    const { old } = await database.restore(id, {}, signal);
    await sql("drop view large; drop trigger noted");
    const holding = held("use mysql; lock tables shop.still write; select sleep(600)");
    await until(async () => (await holders()).length === 1);
    try {
      await expect(withLockWait(2, () => database.undoRestore(id, {}, signal))).rejects.toMatchObject({
        code: "RESTORE_FAILED",
        message: expect.stringContaining("Lock wait"),
      });
    } finally {
      await kill(await holders());
      await holding;
    }
    expect(await databases()).toEqual(["shop", old]);

    const undone = await database.undoRestore(id, {}, signal);
    expect(await countOf("large")).toBeGreaterThan(0);
    const before = await countOf("audit where what like 'customer%'");
    await sql("insert into customers (name) values ('heard')");
    expect(await countOf("audit where what like 'customer%'")).toBe(before + 1);
    expect(await databases()).toEqual(["shop", undone]);
    await sql(`drop database ${undone}`);
  });

  it("changes nothing where it cannot be exchanged", async () => {
    const { id } = await project.deployer.database.backup({}, signal);
    const before = await countOf("orders");
    // Whoever is of another database is not sent away, and holds a table longer than the swap waits for it.
    const holding = held("use mysql; lock tables shop.still write; select sleep(600)");
    await until(async () => (await holders()).length === 1);
    try {
      const restored = withLockWait(2, () => project.deployer.database.restore(id, {}, signal));
      await expect(restored).rejects.toMatchObject({ code: "RESTORE_FAILED" });
    } finally {
      await kill(await holders());
      await holding;
    }
    expect(await countOf("orders")).toBe(before);
    expect(await databases()).toEqual(["shop"]);
    expect(await sql("select @@event_scheduler")).toBe("ON");
  });

  it("has back what was dropped, and its events, where the deployer and its script in the container both die in a restore", async () => {
    const { id } = await project.deployer.database.backup({}, signal);
    const programs = `select table_name from information_schema.views where table_schema = 'shop'
      union all select trigger_name from information_schema.triggers where trigger_schema = 'shop' order by 1`;
    // Only who holds no table is met after something was dropped: the triggers, before this view.
    await sql("create view apart as select 1 as one");
    const before = await sql(programs);
    const holding = held("use mysql; select sleep(600) from shop.apart");
    await until(async () => (await holders()).length === 1);
    const { stack, directory } = project;
    const program = join(import.meta.dirname, "programs", "restore-backup.ts");
    const args = ["--conditions=sluice-source", program, stack, directory, `${directory}/sluice-1.yaml`, id];
    const doomed = spawn(process.execPath, args, { stdio: ["ignore", "ignore", "inherit"] });
    const over = once(doomed, "exit");
    await until(isDropping);
    doomed.kill("SIGKILL");
    const marked = "$(grep -l SLUICE_SWAP= /proc/[0-9]*/environ)";
    const both = `for place in ${marked}; do place=\${place#/proc/}; kill -9 "\${place%/environ}"; done`;
    await project.run("db", ["sh", "-c", both]);
    await over;
    expect(await sql("select @@event_scheduler")).toBe("OFF");
    expect(await sql(programs)).not.toBe(before);
    await endWaiting();
    await kill(await holders());
    await holding;
    const found: string[] = [];
    await project.deployer.database.backup({ onFinding: ({ message }) => found.push(message) }, signal);
    expect(found.join()).toContain("is given up, and the database is as it was; its events run again");
    expect([await sql("select @@event_scheduler"), await sql(programs)]).toEqual(["ON", before]);
    expect(await project.run("db", ["ls", "/tmp"])).toBe("");
    await sql("drop view apart");
    for (const name of (await databases()).filter((one) => one !== "shop")) await sql(`drop database ${name}`);
  });

  describe("a migration", () => {
    const start = async (run: string, attempt: () => Promise<void>) => {
      const { exec } = openSession().runtime();
      const target = await findMysqlTarget(exec, project.container("db"), { signal });
      const clock = { now: () => new Date(), monotonicMs: () => performance.now(), sleep: (ms: number) => delay(ms) };
      const call = {
        exec,
        target,
        clock,
        run,
        settings: { ...settings, onLongTransaction: "ignore" },
        signal,
      } as const;
      return runMysqlMigration(call, attempt);
    };

    it("runs alone in its database", async () => {
      await start("r1", async () => {
        await expect(start("r2", async () => {})).rejects.toMatchObject({
          code: "LOCK_HELD",
          message: expect.stringMatching(/session \d+ \(root@localhost, since \d{4}-\d\d-\d\dT/),
          hint: expect.stringMatching(/kill \d+$/),
        });
      });
      await start("r3", async () => {});
    });

    it("that fails half-way is told with what it leaves, and is as if it had never been once the backup is back", async () => {
      const { database } = project.deployer;
      const { id } = await database.backup({}, signal);
      const tool = async () => {
        const statements =
          "alter table orders add column note text; create table notes (id int); alter table customers add index by_name ((lower(name))); update orders set total = 0; alter table nowhere add x int;";
        await sql(statements).catch((error: Error) => {
          throw new SluiceError("JOB_FAILED", error.message);
        });
      };
      await expect(start("r4", tool)).rejects.toMatchObject({
        message: expect.stringContaining(
          "it leaves the schema half changed, as MySQL takes no change of a schema back: new table notes, column-added note of orders",
        ),
      });
      const { manifest } = await database.restore(id, {}, signal);
      const now = await database.backup({}, signal);
      expect(differences(fingerprintOf(manifest), fingerprintOf(now))).toEqual([]);
      expect(await sql("show tables like 'notes'")).toBe("");
    });
  });

  describe("a rehearsal", () => {
    const rehearsed = async (migration: string) => {
      const session = openSession({ MIGRATION: migration });
      const release = { tag: "v2", commit: null, dirty: true, source: "option" } as const;
      const ports = await session.ports();
      const [project, config] = await Promise.all([session.project(), session.config()]);
      const candidate: StoredRelease = await provideRelease(ports, { project, release, config });
      return rehearse(session, await openDatabase(session, {}, signal), { candidate, previous: null }, signal);
    };

    it("of a harmless migration passes with the application's own password, and it is taken back", async () => {
      const report = await rehearsed("alter table orders add column note text;");
      expect(report.migration).toMatchObject({ how: "job", services: ["migrate"], error: null });
      expect(report).toMatchObject({ verdict: "pass", down: { error: null, left: [] } });
      expect(report.observations.changes).toEqual([
        { change: "column-added", table: "orders", column: "note", required: false },
      ]);
      // The client asks for some things of its own.
      expect(report.observations.statements).toEqual(
        expect.arrayContaining([
          expect.objectContaining({ sql: "alter table orders add column note text", how: "INSTANT" }),
        ]),
      );
      expect(report.observations.locks).toMatchObject([{ table: "orders", blocks: "reads and writes" }]);
      expect(JSON.stringify(report)).not.toContain(db.environment.MYSQL_PASSWORD);
    });

    it("of one that fails half-way says what stays, and how each table was changed; rights are those of production", async () => {
      const report = await rehearsed(
        "create table notes (id int); set @s = 'alter table orders modify price decimal(20, 4)'; prepare s from @s; execute s; alter table orders add index by_total (total); create function more() returns int deterministic return 1;",
      );
      expect(report.verdict).toBe("block");
      expect(report.findings.map(({ code }) => code)).toEqual(
        expect.arrayContaining(["migration-failed", "left-half-way"]),
      );
      // The server keeps a log for replication, and the account is no administrator.
      expect(JSON.stringify(report)).toContain("ERROR 1419");
      expect(JSON.stringify(report.findings)).toContain("new table notes");
      expect(report.observations.statements).toEqual(
        expect.arrayContaining([
          expect.objectContaining({ sql: "alter table orders modify price decimal(20, 4)", how: "COPY" }),
          expect.objectContaining({ sql: "alter table orders add index by_total (total)", how: "INPLACE" }),
        ]),
      );
      expect(report.observations.rewrites).toMatchObject([{ table: "orders", online: false }]);
    });
  });

  it("is backed up by an account with few rights, too, and it is said what that is not compared with", async () => {
    await using deployer = await project.open({ database: { user: "shop", store: { directory: "few" } } });
    await expect(deployer.database.backup({}, signal)).rejects.toMatchObject({
      code: "BACKUP_FAILED",
      message: expect.stringContaining("insufficient privileges to SHOW CREATE"),
      hint: expect.stringContaining("grant show_routine on *.* to `shop`"),
    });
    await sql(
      "revoke all privileges on shop.* from shop; grant select, lock tables, show view, event on shop.* to shop; create role programs; grant execute, trigger on shop.* to programs",
    );
    const narrow = await deployer.database.backup({}, signal);
    expect(narrow.verified[0]?.notTested).toEqual(
      expect.arrayContaining([
        "routines that account `shop` may not see: grant show_routine on *.* to `shop`",
        "triggers that account `shop` may not see: grant trigger on `shop`.* to `shop`",
      ]),
    );
    await sql(
      "drop procedure totals; drop procedure late; drop function plus_one; grant programs to shop; set default role programs to shop",
    );
    const byRole = await deployer.database.backup({}, signal);
    expect(byRole.verified[0]?.notTested.join()).not.toContain("may not see");
    await sql("drop role programs; grant all privileges on shop.* to shop");
    const { fingerprint, globals, verified } = await deployer.database.backup({}, signal);
    expect({ fingerprint, globals }).toEqual({ fingerprint: null, globals: null });
    expect(verified[0]?.notTested.join()).toContain("whether it holds what the database held: ");
  });
});
