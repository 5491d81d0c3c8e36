import { describe, expect, it } from "vitest";
import { defaultRoleStatements, formatAccounts, withoutPassword } from "./accounts.ts";
import { clientError } from "./client.ts";
import {
  columnsSql,
  isSampled,
  isWithHistory,
  objectsSql,
  parseObjects,
  parseSequence,
  parseShapes,
  type TableShape,
  tableSql,
} from "./fingerprint-sql.ts";
import { parseMajor } from "./probe.ts";
import type { Programs } from "./programs.ts";
import { restoreFailure } from "./restore.ts";
import { swapScripts, unswapScripts } from "./swap-sql.ts";
import { clientCommand, clientEnvironment, type MysqlTarget, quoteName, quoteText } from "./target.ts";

const target: MysqlTarget = { kind: "mariadb", container: "c", user: "root", database: "shop", password: "hunter2" };

describe("the client", () => {
  it("gets the password by its environment alone", () => {
    expect(clientEnvironment(target, "backup-1")).toEqual({ SLUICE_BACKUP: "backup-1", MYSQL_PWD: "hunter2" });
    expect(clientEnvironment(target, "compare-1")).toEqual({ MYSQL_PWD: "hunter2" });
    expect(clientCommand(target).join(" ")).not.toContain("hunter2");
    expect(clientCommand({ ...target, kind: "mysql" })[0]).toBe("mysql");
  });

  it("tells a database that is not there from a statement that failed", () => {
    const stderr = "--------------\nselect 1\n--------------\n\nERROR 1142 (42000) at line 3: SELECT command denied";
    expect(clientError("backup", { exitCode: 1, stderr })).toMatchObject({
      code: "BACKUP_FAILED",
      message: "backup: ERROR 1142 (42000) at line 3: SELECT command denied",
    });
    expect(
      clientError("backup", { exitCode: 1, stderr: "ERROR 1045 (28000): Access denied for user 'root'@'localhost'" }),
    ).toMatchObject({ code: "DATABASE_UNREACHABLE", retryable: true });
    expect(
      clientError("backup", { exitCode: 1, stderr: "ERROR 3032 (HY000): The server is currently in offline mode" }),
    ).toMatchObject({ code: "DATABASE_UNREACHABLE" });
    expect(clientError("backup", { exitCode: 137, stderr: "" }).message).toContain("exit code 137");
  });
});

it.each([
  ["10.11.19-MariaDB-0+deb12u1", 1011],
  ["8.0.36", 800],
  ["8.4.1-commercial", 804],
  ["", 0],
])("the series of %s is %d", (version, major) => {
  expect(parseMajor(version)).toBe(major);
});

it("names and texts are quoted, whatever they hold", () => {
  expect(quoteName("we`ird")).toBe("`we``ird`");
  expect(quoteText("it's \\")).toBe("_utf8mb4 0x69742773205c");
  expect(quoteText("")).toBe("''");
});

describe("a fingerprint", () => {
  const hex = (text: string) => Buffer.from(text).toString("hex");
  const whole = { sampled: false, withHistory: false };
  const above = (aboveBytes: number) => ({ aboveBytes, withHistory: false });
  const orders: TableShape = {
    name: "orders",
    transactional: true,
    versioned: false,
    bytes: 2_000,
    autoIncrement: "8",
    columns: [
      { name: "id", type: "int", inKey: true },
      { name: "note", type: "text", inKey: false },
    ],
  };

  it("knows tables by their columns", () => {
    const lines = [
      `${hex("orders")}\tBASE TABLE\tYES\t2000\t8\t${hex("id")}\tint\t1`,
      `${hex("orders")}\tBASE TABLE\tYES\t2000\t8\t${hex("note")}\ttext\t0`,
      `${hex("a\tb")}\tSYSTEM VERSIONED\tNO\t0\t\t${hex("x")}\tchar\t0`,
    ];
    expect(parseShapes(lines)).toEqual([
      orders,
      {
        name: "a\tb",
        transactional: false,
        versioned: true,
        bytes: 0,
        autoIncrement: null,
        columns: [{ name: "x", type: "char", inKey: false }],
      },
    ]);
    expect(columnsSql).toContain("generation_expression");
  });

  it("hashes all rows, or those that the key chooses", () => {
    expect(tableSql(orders, whole, "mariadb")).toBe(
      "select count(*), coalesce(sum(cast(conv(left(md5(concat_ws('#', `id`, md5(cast(`note` as binary)), concat(isnull(`id`), isnull(`note`)))), 15), 16, 10) as unsigned)), 0) from `orders`;",
    );
    expect(tableSql(orders, { ...whole, sampled: true }, "mysql")).toContain(
      "if(mod(crc32(concat_ws('#', `id`)), 64) = 0, cast(",
    );
    expect(tableSql(orders, whole, "mysql")).not.toContain("md5");
    expect(isSampled(orders, above(1_999))).toBe(true);
    expect(isSampled(orders, above(2_000))).toBe(false);
    expect(isSampled(orders, { names: ["orders"], histories: [] })).toBe(true);
    expect(isSampled({ ...orders, columns: orders.columns.slice(1) }, above(0))).toBe(false);
  });

  it("counts what a table held before where the dump holds that too", () => {
    const versioned = { ...orders, versioned: true };
    expect(tableSql(versioned, { ...whole, withHistory: true }, "mariadb")).toMatch(
      / from `orders` for system_time all;$/,
    );
    expect(isWithHistory(versioned, { aboveBytes: 0, withHistory: true })).toBe(true);
    expect(isWithHistory(versioned, above(0))).toBe(false);
    expect(isWithHistory(versioned, { names: [], histories: ["orders"] })).toBe(true);
    expect(isWithHistory(versioned, { names: ["orders"], histories: [] })).toBe(false);
    expect(isWithHistory(orders, { names: [], histories: ["orders"] })).toBe(false);
  });

  it("reads sequences and counts", () => {
    expect(parseSequence("s", "-5\t0\t1")).toEqual({ name: "s", last: "-5", ascending: false, cycles: true });
    expect(parseObjects(["views\t2", "events\t0"])).toEqual({ views: 2, events: 0 });
    const [ofNow, alsoOfBefore] = [
      { aboveBytes: 1, withHistory: false },
      { names: [], histories: [] },
    ].map(objectsSql);
    expect(ofNow?.split("\n")).toHaveLength(6);
    expect(alsoOfBefore).toBe(`${ofNow}\n${alsoOfBefore?.split("\n").at(-1)}`);
    expect(alsoOfBefore?.split("\n").at(-1)).toContain("0x6576656e7473");
  });
});

describe("accounts", () => {
  it.each([
    [
      "GRANT ALL PRIVILEGES ON *.* TO `a`@`%` IDENTIFIED BY PASSWORD '*0CA7' WITH GRANT OPTION",
      "GRANT ALL PRIVILEGES ON *.* TO `a`@`%` WITH GRANT OPTION",
    ],
    [
      "GRANT USAGE ON *.* TO `a`@`%` IDENTIFIED VIA ed25519 USING 'x' OR unix_socket REQUIRE SSL",
      "GRANT USAGE ON *.* TO `a`@`%`",
    ],
    ["GRANT SELECT ON `shop`.* TO `a`@`%`", "GRANT SELECT ON `shop`.* TO `a`@`%`"],
  ])("are kept without passwords: %s", (grant, kept) => {
    expect(withoutPassword(grant)).toBe(kept);
  });

  it("have their roles from the start", () => {
    const line = (...texts: readonly string[]) => texts.map((text) => Buffer.from(text).toString("hex")).join("\t");
    const lines = [line("a", "%", "r", "%"), line("a", "%", "s", "%"), line("b`", "localhost", "r", "%")];
    expect(defaultRoleStatements(lines)).toEqual([
      "SET DEFAULT ROLE `r`@`%`, `s`@`%` TO `a`@`%`",
      "SET DEFAULT ROLE `r`@`%` TO `b```@`localhost`",
    ]);
  });

  it("are made locked, and all before any right", () => {
    const accounts = [
      { name: "`a`@`%`", isRole: false },
      { name: "`readers`", isRole: true },
    ];
    expect(formatAccounts(accounts, ["GRANT `readers` TO `a`@`%`"])).toBe(
      "CREATE USER IF NOT EXISTS `a`@`%` ACCOUNT LOCK;\nCREATE ROLE IF NOT EXISTS `readers`;\nGRANT `readers` TO `a`@`%`;\n",
    );
  });
});

it.each([
  ["ERROR 1114 (HY000) at line 40: The table 'orders' is full", "DISK_FULL"],
  ['ERROR 1030 (HY000) at line 40: Got error 28 "No space left on device" from storage engine InnoDB', "DISK_FULL"],
  ["ERROR 1286 (42000) at line 9: Unknown storage engine 'ROCKSDB'", "BACKUP_EXTENSION_MISSING"],
  ["ERROR 1273 (HY000) at line 9: Unknown collation: 'utf8mb4_0900_ai_ci'", "BACKUP_WRONG_VERSION"],
  ["ERROR 1064 (42000) at line 9: You have an error in your SQL syntax", "RESTORE_FAILED"],
  ["", "RESTORE_FAILED"],
])("what a restore's failure means: %s", (stderr, code) => {
  expect(restoreFailure({ exitCode: 1, stderr })).toMatchObject({ code });
});

it.each([
  "ERROR 1153 (08S01) at line 9: Got a packet bigger than 'max_allowed_packet' bytes",
  "ERROR 2006 (HY000) at line 9: Server has gone away",
  "ERROR 2013 (HY000) at line 9: Lost connection to server during query",
])("a row that the server may not take has a hint with the setting and a value that is enough: %s", (stderr) => {
  expect(restoreFailure({ exitCode: 1, stderr })).toMatchObject({
    code: "RESTORE_FAILED",
    hint: expect.stringContaining("set global max_allowed_packet = 1073741824"),
  });
});

describe("a swap", () => {
  const programs = (over: Partial<Programs> = {}): Programs => ({
    tables: ["orders"],
    views: ["large"],
    triggers: ["tr"],
    events: [{ name: "ev", definer: "`a`@`%`", enabled: true, waiting: false, ending: false }],
    routines: [{ name: "p", type: "PROCEDURE" }],
    grants: [],
    characterSet: { name: "utf8mb4", collation: "utf8mb4_bin" },
    bound: "-- bound",
    free: "-- free",
    ...over,
  });
  const nothing = programs({ tables: [], views: [], triggers: [], events: [], routines: [], bound: "", free: "" });
  const request = { live: "shop", fresh: "new", old: "old" };
  const statementsOf = (sql: string) => sql.split("\n").filter((one) => one !== "");

  it("renames all tables at once, after what holds them and before what needs them", () => {
    const characterSet = { name: "latin1", collation: "latin1_bin" };
    const events = [{ name: "nap", definer: "`b`", enabled: false, waiting: true, ending: false }];
    const fresh = programs({ characterSet, events, bound: "-- bound of fresh", free: "-- free of fresh" });
    const all = { live: programs(), fresh, events: "-- events", scheduled: true };
    const { script } = swapScripts(request, all);
    expect(statementsOf(script)).toEqual([
      "use `old`;",
      "set lock_wait_timeout = cast(least(10, @@lock_wait_timeout) as unsigned);",
      "set global event_scheduler = off;",
      // Who holds it is met before anything is dropped.
      "lock tables `shop`.`orders` write; unlock tables;",
      "drop trigger `shop`.`tr`;",
      "drop view `shop`.`large`;",
      "drop trigger `new`.`tr`;",
      "drop view `new`.`large`;",
      "rename table `shop`.`orders` to `old`.`orders`, `new`.`orders` to `shop`.`orders`;",
      "select 'renamed';",
      "set lock_wait_timeout = 10;",
      "alter database `shop` character set latin1 collate latin1_bin;",
      "drop event if exists `shop`.`ev`;",
      "drop procedure `shop`.`p`;",
      "drop event if exists `new`.`nap`;",
      "drop procedure `new`.`p`;",
      "use `shop`;",
      "-- free of fresh",
      "-- bound of fresh",
      "-- events",
      "alter definer = `b` event `shop`.`nap` enable;",
      "use `old`;",
      "-- free",
      "-- bound",
      "alter definer = `a`@`%` event `old`.`ev` disable on slave;",
    ]);
    expect(swapScripts(request, { ...all, scheduled: false }).script).not.toContain("event_scheduler");
  });

  it("does not count on events that end by themselves to be there", () => {
    const [ending, definer] = [true, "`a`@`%`"];
    const live = programs({ events: [{ name: "once", definer, enabled: true, waiting: false, ending }] });
    const fresh = programs({ events: [{ name: "soon", definer, enabled: false, waiting: true, ending }] });
    const { script, after, rights } = swapScripts(request, { live, fresh, events: "", scheduled: true });
    expect(`${script}${after}`).not.toContain("alter definer");
    expect(statementsOf(rights)).toEqual([
      "alter definer = `a`@`%` event `shop`.`soon` enable;",
      "alter definer = `a`@`%` event `old`.`once` disable on slave;",
    ]);
  });

  it("is taken back from before its renaming by what it had dropped alone", () => {
    const fresh = programs({ bound: "-- bound of fresh", free: "-- free of fresh" });
    const all = { live: programs(), fresh, events: "", scheduled: true };
    const before = { live: programs({ triggers: [], bound: "-- some" }), fresh, old: nothing };
    const { script, back } = unswapScripts(request, all, before);
    expect(statementsOf(script)).toEqual([
      "use `old`;",
      "set global event_scheduler = off;",
      "select 'in place';",
      "drop view `shop`.`large`;",
      "use `shop`;",
      "-- bound",
    ]);
    const given = swapScripts(request, all).back;
    for (const { live, fresh } of [back, given]) {
      expect([live, fresh].map((text) => statementsOf(text).slice(1))).toEqual([["-- bound"], ["-- bound of fresh"]]);
    }
  });

  it("waits for nobody who holds a table where it is taken back and nothing is missing", () => {
    const all = { live: programs(), fresh: programs(), events: "", scheduled: false };
    const { script } = unswapScripts(request, all, { live: programs(), fresh: programs(), old: nothing });
    expect(statementsOf(script)).toEqual(["use `old`;", "select 'in place';"]);
  });

  it("is taken back from after its renaming", () => {
    const fresh = programs({ bound: "-- bound of fresh", free: "-- free of fresh" });
    const all = { live: programs(), fresh, events: "", scheduled: true };
    const after = { live: programs({ triggers: [] }), fresh: nothing, old: programs() };
    const { script, back } = unswapScripts(request, all, after);
    expect(statementsOf(script).slice(-8)).toEqual([
      "rename table `shop`.`orders` to `new`.`orders`, `old`.`orders` to `shop`.`orders`;",
      "select 'in place';",
      "use `shop`;",
      "-- free",
      "-- bound",
      "use `new`;",
      "-- free of fresh",
      "-- bound of fresh",
    ]);
    // What is left of it once the tables are in place.
    expect([back.live, back.fresh].map((text) => statementsOf(text).slice(1))).toEqual([
      ["-- free", "-- bound"],
      ["-- free of fresh", "-- bound of fresh"],
    ]);
  });

  it("that came nobody knows how far, as nothing holds a table, makes all anew", () => {
    const empty = programs({ tables: [] });
    const all = { live: empty, fresh: empty, events: "", scheduled: false };
    const { script } = unswapScripts(request, all, { live: nothing, fresh: nothing, old: nothing });
    expect(statementsOf(script).slice(2)).toEqual([
      "use `shop`;",
      "-- free",
      "-- bound",
      "use `new`;",
      "-- free",
      "-- bound",
    ]);
  });

  it("is taken back from after its renaming where the live database held nothing", () => {
    const all = { live: nothing, fresh: programs(), events: "", scheduled: false };
    const after = { live: programs(), fresh: nothing, old: nothing };
    expect(unswapScripts(request, all, after).script).toContain("rename table `shop`.`orders` to `new`.`orders`;");
  });

  it("speaks of packages as MariaDB wants it; a body goes with its package", () => {
    const packages = ["PACKAGE", "PACKAGE BODY"];
    const routines = packages.map((type) => ({ name: "pkg", type }));
    const grants = [{ routine: "pkg", type: "PACKAGE", account: "`a`@`%`", rights: ["Execute"] }];
    const all = { live: programs({ routines, grants }), fresh: nothing, events: "", scheduled: false };
    const { script, after, rights } = swapScripts(request, all);
    const inOracle = (sql: string) =>
      `set @spoken = @@session.sql_mode; set session sql_mode = 'ORACLE'; ${sql} set session sql_mode = @spoken;`;
    expect(statementsOf(script).filter((line) => line.includes("drop package"))).toEqual([
      inOracle("drop package `shop`.`pkg`;"),
    ]);
    expect(`${after}${rights}`).toContain(inOracle("grant Execute on PACKAGE `old`.`pkg` to `a`@`%`;"));
  });

  it("gives rights to routines again, and keeps those of what is set aside with it", () => {
    const grant = { routine: "p", type: "PROCEDURE", account: "`a`@`%`", rights: ["Execute", "Alter Routine"] };
    const live = programs({ grants: [grant] });
    const fresh = programs({ grants: [{ ...grant, account: "`role`", rights: ["Grant"] }] });
    const all = { live, fresh, events: "", scheduled: false };
    const [its, others] = [
      (database: string) => `grant Execute, Alter Routine on PROCEDURE \`${database}\`.\`p\` to \`a\`@\`%\`;`,
      (database: string) => `grant usage on PROCEDURE \`${database}\`.\`p\` to \`role\` with grant option;`,
    ];
    const { rights, back } = swapScripts(request, all);
    expect(statementsOf(rights)).toEqual([its("shop"), others("shop"), its("old")]);
    // Until then no routine was dropped.
    expect(back.live).not.toContain("grant");
    const undo = unswapScripts(request, all, { live: fresh, fresh: nothing, old: live });
    expect(statementsOf(undo.rights)).toEqual([its("shop"), others("new")]);
    expect(statementsOf(undo.back.live).at(-1)).toBe(its("shop"));
  });
});
