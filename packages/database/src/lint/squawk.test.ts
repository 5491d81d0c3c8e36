import { assert, asyncProperty, constantFrom, integer, oneof, record, string } from "fast-check";
import { describe, expect, it } from "vitest";
import { lintMigration, notLinted } from "../operations/lint-migration.ts";
import { someObservations } from "../testing/a-catalog.ts";
import type { SqlLinter } from "./linter.ts";
import type { SquawkEnd } from "./run-squawk.ts";
import { createSquawk, lintOf } from "./squawk.ts";

/** A program in squawk's place. */
const pretending = (script: string, timeoutMs = 20_000) =>
  createSquawk({ command: [process.execPath, "-e", script, "--"], timeoutMs });
const unread = { findings: [] };

describe("a linter", () => {
  it.each([
    ["crashes", pretending("process.kill(process.pid, 'SIGSEGV')"), { ...unread, notRead: "it ended with a signal" }],
    [
      "fails",
      pretending("console.error('no such flag\\nmore'); process.exit(2)"),
      { ...unread, notRead: "it ended with 2: no such flag" },
    ],
    ["prints rubbish", pretending("console.log('[{}, 1]')"), { ...unread, notRead: "it ended with 0" }],
    ["says nothing", pretending(""), { ...unread, notRead: "it ended with 0" }],
    ["does not end", pretending("setInterval(() => {}, 1000)", 200), { ...unread, notRead: "it took too long" }],
    [
      "does not stop talking",
      createSquawk({ command: ["/bin/sh", "-c", "exec yes"] }),
      { ...unread, notRead: "it said too much" },
    ],
    [
      "is not there",
      createSquawk({ command: ["no-such-program"], path: "/nowhere" }),
      { ...unread, notRead: "it is not installed" },
    ],
  ])("that %s has read nothing, and that is all", async (_what, linter, lint) => {
    expect(await linter.lint(["begin;\nselect 1;\ncommit;\n".repeat(9_000)], 15)).toEqual(lint);
  });

  it("that an abort ends is no linter that failed", async () => {
    const linter = pretending("setInterval(() => {}, 1000)");
    await expect(linter.lint(["select 1;"], 15, AbortSignal.timeout(100))).rejects.toMatchObject({
      name: "TimeoutError",
    });
  });

  it("is given nothing that is too long", async () => {
    expect(await pretending("").lint(["x".repeat(2 ** 20 + 1)], 15)).toEqual({ ...unread, notRead: "it is too long" });
  });

  it("that understands some transactions is asked of each alone", async () => {
    const said = JSON.stringify([{ rule_name: "syntax-error", message: "no", line: 0 }]);
    const found = JSON.stringify([{ rule_name: "a-rule", message: "no", line: 0, help: "do" }]);
    const linter = pretending(
      `let s = ""; process.stdin.on("data", (d) => s += d).on("end", () => console.log(s.includes("odd") ? ${JSON.stringify(said)} : ${JSON.stringify(found)}))`,
    );
    const finding = { rule: "a-rule", message: "no", help: "do" };
    expect(await linter.lint(["a ?\n", "odd\n", "b ?\n"], 15)).toEqual({
      findings: [{ ...finding, statement: "a ?", times: 2 }],
      notRead: "1 of 3 transactions: it does not understand the SQL",
    });
    expect(await linter.lint(["a ?\n"], 15)).toEqual({
      findings: [{ ...finding, statement: "a ?", times: 1 }],
      notRead: null,
    });
  });

  it("never fails, however it ends", async () => {
    const failure = constantFrom<SquawkEnd["failure"]>("not-there", "not-started", "too-slow", "too-much", null);
    const ends = record({
      exitCode: oneof(integer(), constantFrom(null)),
      stdout: string(),
      stderr: string(),
      failure,
    });
    await assert(
      asyncProperty(ends, string(), async (end, script) => {
        const { findings, notRead } = lintOf(end, script);
        expect(findings).toEqual([]);
        expect(notRead !== null || JSON.parse(end.stdout).length === 0).toBe(true);
      }),
    );
  });
});

describe("the SQL of a migration", () => {
  const watch = (sent: readonly string[]) => ({
    finish: async () => someObservations(),
    difference: async () => [],
    sent: () => sent,
  });
  const throwing: SqlLinter = { name: "squawk", lint: async () => Promise.reject(new RangeError("too deep")) };

  it("is read where there is any, and a linter that throws has not read it", async () => {
    expect(await lintMigration(throwing, watch(["x"]), 15, undefined)).toEqual({ ...unread, notRead: "too deep" });
    expect(await lintMigration(throwing, watch([]), 15, undefined)).toEqual({ ...unread, notRead: null });
    expect(await lintMigration(undefined, watch(["x"]), 15, undefined)).toBeNull();
    const { sent: _, ...deaf } = watch([]);
    expect(await lintMigration(throwing, deaf, 15, undefined)).toBeNull();
  });

  it("that was not read is said to be so", () => {
    expect(notLinted(throwing, { ...unread, notRead: "it is not installed" })).toEqual([
      "what squawk has against the SQL: it is not installed",
    ]);
    expect(notLinted(throwing, { ...unread, notRead: null })).toEqual([]);
    expect(notLinted(throwing, null)).toEqual([]);
    expect(notLinted(undefined, null)).toEqual([]);
  });
});
