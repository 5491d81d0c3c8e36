import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { aRehearsed } from "../testing/a-catalog.ts";
import { defaultPolicy, judgeRehearsal, type RehearsalPolicy } from "./policy.ts";
import type { Compatibility, HeldLock, Observations, Rehearsed, TableDiff } from "./report.ts";

const table = "public.orders";
const lock = (heldMs: number, over: Partial<HeldLock> = {}): HeldLock => ({
  table,
  mode: "AccessExclusiveLock",
  blocks: "reads and writes",
  heldMs,
  by: "ALTER TABLE",
  ...over,
});
const rows = (over: Partial<TableDiff>): TableDiff => ({
  table,
  rowsBefore: 1_000,
  rowsAfter: 1_000,
  bytesBefore: 1,
  bytesAfter: 1,
  inserted: 0,
  updated: 0,
  deleted: 0,
  changed: 0,
  ...over,
});
const told = (seen: Rehearsed, accept = false) => {
  const { findings, verdict } = judgeRehearsal(seen, { ...defaultPolicy, acceptIncompatible: accept });
  return [verdict, ...findings.map(({ severity, code }) => `${severity} ${code}`)];
};
const seen = (observations: Partial<Observations>) => told(aRehearsed(observations));
const compatibility = (over: Partial<Compatibility>): Compatibility => ({
  release: "v1",
  result: "fail",
  why: "status 500",
  verdicts: [],
  ...over,
});

describe("the verdict", () => {
  it("of a migration that disturbs nobody is a pass", () => {
    expect(seen({ locks: [lock(30)], tables: [rows({ inserted: 5, rowsAfter: 1_005 })] })).toEqual(["pass"]);
  });

  it("of one that fails is a block, and nothing of what it would have done counts", () => {
    const error = { code: "JOB_FAILED", message: "job migrate ended with exit code 1" };
    const changes = [{ change: "table-dropped", table }] as const;
    const failed = aRehearsed({ changes }, { migration: { how: "job", services: [], ms: 1, error } });
    expect(told(failed)).toEqual(["block", "block migration-failed", "block left-half-way"]);
  });

  it("of one that fails half-way tells what stays of it", () => {
    const error = { code: "JOB_FAILED", message: "job migrate ended with exit code 1" };
    const changes = [{ change: "column-added", table, column: "note", required: false }] as const;
    const { findings } = judgeRehearsal(
      aRehearsed(
        { changes, newTables: ["public.notes"], tables: [rows({ rowsAfter: 900 })] },
        { migration: { how: "job", services: [], ms: 1, error } },
      ),
    );
    expect(findings.filter(({ code }) => code === "left-half-way")).toMatchObject([
      {
        severity: "block",
        message:
          "what it did before it failed stays: new table public.notes, column-added note of public.orders, public.orders with 900 rows, it had 1000",
      },
    ]);
  });

  it("is that of the gravest finding, which comes first", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 20_000 }), { minLength: 1, maxLength: 5 }), (held) => {
        const locks = held.map((ms, index) => lock(ms, { table: `public.t${index}` }));
        const { verdict, findings } = judgeRehearsal(aRehearsed({ locks }));
        const longest = Math.max(...held);
        expect(verdict).toBe(longest >= 5_000 ? "block" : longest >= 500 ? "warn" : "pass");
        expect(findings[0]?.severity).toBe(verdict === "pass" ? undefined : verdict);
      }),
    );
  });
});

describe("locks", () => {
  it("warn from half a second on, and block from five", () => {
    expect(seen({ locks: [lock(499)] })).toEqual(["pass"]);
    expect(seen({ locks: [lock(500)] })).toEqual(["warn", "warn long-lock"]);
    expect(seen({ locks: [lock(5_000, { mode: "ShareLock", blocks: "writes" })] })).toEqual([
      "block",
      "block long-lock",
    ]);
  });

  it("that exclude readers queue behind the longest transaction", () => {
    const liveLongest = { ms: 40_000, application: "report" };
    const { predicted, findings } = judgeRehearsal(aRehearsed({ locks: [lock(3)] }, { liveLongest }));
    expect(predicted).toEqual([{ table, blocks: "reads and writes", heldMs: 3, queueMs: 40_000 }]);
    expect(findings.map(({ message }) => message)).toEqual([
      "the lock on public.orders would wait for a transaction of report that has run for 40s, and everyone else behind it",
    ]);
    const share = lock(3, { mode: "ShareLock", blocks: "writes" });
    expect(told(aRehearsed({ locks: [share] }, { liveLongest }))).toEqual(["pass"]);
  });

  it("matter when a large table is read under them, and are only noted on a small one", () => {
    const scan = { table, kind: "not-null", of: "total", bytes: 10_000_000 } as const;
    expect(seen({ scans: [scan] })).toEqual(["warn", "warn not-null-scans-table"]);
    expect(seen({ scans: [{ ...scan, bytes: 9_999_999 }] })).toEqual(["pass", "note not-null-scans-table"]);
    expect(seen({ scans: [{ ...scan, kind: "index" }] })).toEqual(["warn", "warn index-blocks-writes"]);
  });
});

describe("the release that serves", () => {
  const dropped = { changes: [{ change: "column-dropped", table, column: "total" }] } as const;

  it("that does not run on the new schema blocks, unless somebody accepts it", () => {
    const failing = aRehearsed(dropped, { compatibility: compatibility({}) });
    expect(told(failing)).toEqual(["block", "block previous-fails", "block column-dropped"]);
    expect(told(failing, true)).toEqual(["warn", "warn previous-fails", "warn column-dropped"]);
  });

  it("that was seen to run makes of what is taken away a warning", () => {
    expect(seen(dropped)).toEqual(["warn", "warn column-dropped"]);
  });

  it("that nobody could look at leaves it a block", () => {
    const unknown = aRehearsed(dropped, { compatibility: compatibility({ result: "not-tested" }) });
    expect(told(unknown)).toEqual(["block", "block column-dropped", "warn previous-not-proven"]);
  });

  it("that does not exist minds nothing", () => {
    const none = aRehearsed(dropped, { compatibility: compatibility({ release: null, result: "not-tested" }) });
    expect(told(none)).toEqual(["warn", "warn column-dropped"]);
  });
});

describe("rows", () => {
  it("that are lost warn, and block when half of them are", () => {
    expect(seen({ tables: [rows({ rowsAfter: 999, deleted: 1 })] })).toEqual(["warn", "warn rows-lost"]);
    expect(seen({ tables: [rows({ rowsAfter: 500 })] })).toEqual(["block", "block rows-lost"]);
  });

  it("that are changed all at once warn when they are many", () => {
    expect(seen({ tables: [rows({ updated: 99_999 })] })).toEqual(["pass"]);
    expect(seen({ tables: [rows({ updated: 60_000, deleted: 40_000 })] })).toEqual(["warn", "warn many-rows-changed"]);
  });

  it("that are written anew count by their size, and by what became of their values", () => {
    const rewrite = { table, bytes: 1_000_000, rows: 10, reason: "a column got another type", valuesChanged: false };
    expect(seen({ rewrites: [rewrite] })).toEqual(["pass", "note table-rewritten"]);
    expect(seen({ rewrites: [{ ...rewrite, bytes: 10_000_000 }] })).toEqual(["warn", "warn table-rewritten"]);
    expect(seen({ rewrites: [{ ...rewrite, bytes: 1_000_000_000, online: true }] })).toEqual([
      "pass",
      "note table-rewritten",
    ]);
    expect(seen({ rewrites: [{ ...rewrite, bytes: 1_000_000_000 }] })).toEqual(["block", "block table-rewritten"]);
    expect(seen({ rewrites: [{ ...rewrite, valuesChanged: true }], tables: [rows({ changed: 10 })] })).toEqual([
      "warn",
      "warn values-changed",
      "note table-rewritten",
    ]);
  });

  it("that hold other values warn however few they are, unless the policy has it otherwise", () => {
    const overwritten = aRehearsed({ tables: [rows({ updated: 900, changed: 900 })] });
    const { findings } = judgeRehearsal(overwritten);
    expect(findings).toMatchObject([
      {
        code: "values-changed",
        severity: "warn",
        table,
        message: "900 of 1000 rows of public.orders hold other values in columns that were there before",
      },
    ]);
    const { verdict } = judgeRehearsal(overwritten, { ...defaultPolicy, changedValues: "block" });
    expect(verdict).toBe("block");
    expect(seen({ tables: [rows({ updated: 900, changed: 0 })] })).toEqual(["pass"]);
    expect(seen({ tables: [rows({ updated: 900, changed: null })] })).toEqual(["pass"]);
  });

  it("that one statement keeps locked warn from five seconds on", () => {
    const touched = [rows({ updated: 900 })];
    const statement = (sql: string, ms: number) => ({ sql, ms, calls: 1, rows: 900 });
    const of = (sql: string, ms = 5_000) => seen({ tables: touched, statements: [statement(sql, ms)] });
    expect(of('update "orders" set a = $1')).toEqual(["warn", "warn long-lock"]);
    expect(of("/* nightly */ with x as (select 1) delete from public.orders")).toEqual(["warn", "warn long-lock"]);
    expect(of("update orders set a = $1", 4_999)).toEqual(["pass"]);
    expect(of("insert into orders select 1")).toEqual(["pass"]);
    const batches = { ...statement("update orders set a = $1", 50_000), calls: 100, longestMs: 700 };
    expect(seen({ tables: touched, statements: [batches] })).toEqual(["pass"]);
    const fresh = { newTables: ["public.totals"], tables: touched };
    expect(seen({ ...fresh, statements: [statement("update totals set a = 1", 9_000)] })).toEqual(["pass"]);
  });
});

describe("a statement", () => {
  const limited: RehearsalPolicy = { ...defaultPolicy, statementTimeoutMs: 900_000 };
  const took = (over: { readonly ms: number; readonly calls?: number; readonly longestMs?: number }) =>
    aRehearsed({
      statements: [
        { sql: "select 1", ms: 1, calls: 1, rows: 1 },
        { sql: "insert into totals select 'ada'", calls: 1, rows: 9, ...over },
      ],
    });
  const of = (rehearsed: Rehearsed, policy = limited) =>
    judgeRehearsal(rehearsed, policy).findings.map(({ severity, code }) => `${severity} ${code}`);

  it("that takes as long as production lets it blocks, and warns from half of that on", () => {
    expect(of(took({ ms: 449_999 }))).toEqual([]);
    expect(of(took({ ms: 450_000 }))).toEqual(["warn statement-too-long"]);
    expect(of(took({ ms: 900_000 }))).toEqual(["block statement-too-long"]);
    expect(of(took({ ms: 900_000, calls: 100, longestMs: 9_000 }))).toEqual([]);
    const [finding] = judgeRehearsal(took({ ms: 1_200_000 }), limited).findings;
    expect(finding?.message).toBe(
      "one statement took 20m, and database.migrate.statementTimeout (15m) cancels it in production: insert into totals select ?",
    );
  });

  it("takes as long as it likes where nobody would cancel it", () => {
    const long = took({ ms: 9_000_000 });
    expect(of(long, defaultPolicy)).toEqual([]);
    expect(of({ ...long, migration: { ...long.migration, how: "start" } })).toEqual([]);
  });
});

describe("the schema", () => {
  it("with an invalid index blocks; with a constraint to validate later it is noted", () => {
    expect(seen({ invalidIndexes: ["public.i"] })).toEqual(["block", "block index-invalid"]);
    expect(seen({ notValidated: ["positive"] })).toEqual(["pass", "note constraint-not-validated"]);
  });

  it("may widen a type", () => {
    const changed = (from: string, to: string) =>
      seen({ changes: [{ change: "column-type-changed", table, column: "total", from, to }] });
    expect(changed("character varying(10)", "text")).toEqual(["pass", "note column-type-changed"]);
    expect(changed("character varying(20)", "character varying(10)")).toEqual(["warn", "warn column-type-changed"]);
  });
});

describe("what a linter says", () => {
  const finding = {
    rule: "ban-drop-column",
    message: "May break.",
    help: "Wait.",
    statement: "drop column a",
    times: 3,
  };
  const linted = aRehearsed({}, { lint: { findings: [finding], notRead: null } });

  it("is shown and changes no verdict, unless that was asked for", () => {
    const { verdict, findings } = judgeRehearsal(linted);
    expect(verdict).toBe("pass");
    expect(findings).toEqual([
      {
        code: "squawk-ban-drop-column",
        severity: "note",
        table: null,
        message: "May break. (drop column a and 2 more)",
        hint: "Wait.",
      },
    ]);
    expect(judgeRehearsal(linted, { ...defaultPolicy, linter: "warn" }).verdict).toBe("warn");
    expect(judgeRehearsal(linted, { ...defaultPolicy, linter: "block" }).verdict).toBe("block");
  });
});
