import fc from "fast-check";
import { expect, it } from "vitest";
import { aRehearsed } from "../testing/a-catalog.ts";
import { rehearsalOutcome, rehearsalSeen } from "./outcome.ts";
import type { Observations, RehearsalReport } from "./report.ts";

const statement = (sql: string) => ({ sql, ms: 1, calls: 1, rows: 0 });
const table = {
  table: "t",
  rowsBefore: 1,
  rowsAfter: 1,
  bytesBefore: 1,
  bytesAfter: 1,
  inserted: 0,
  updated: 0,
  deleted: 0,
  changed: 0,
};

function aReport(observations: Partial<Observations>, over: Partial<RehearsalReport> = {}): RehearsalReport {
  return {
    ...aRehearsed(observations),
    v: 1,
    at: "2026-05-01T10:00:00.000Z",
    service: "db",
    server: "15.8",
    release: "v2",
    backup: { id: "20260501T090000Z-abcd", at: "2026-05-01T09:00:00.000Z", level: "compared", release: "v1" },
    times: { restoreMs: 1, cloneMs: 1, totalMs: 1 },
    predicted: [],
    findings: [],
    verdict: "pass",
    notTested: [],
    ...over,
  };
}

it("shows what was done, and not what only leads a session or changes no row", () => {
  const statements = ["begin", "SET x = 1", "alter table t\n add c text default 'v'", "settle()"].map(statement);
  const tables = [table, { ...table, table: "u", updated: 1 }, { ...table, table: "v", rowsAfter: null }];
  const seen = rehearsalSeen(aReport({ statements, tables }));
  expect(seen.statements.map(({ sql }) => sql)).toEqual(["alter table t add c text default 'v'", "settle()"]);
  expect(seen.tables.map((one) => one.table)).toEqual(["u", "v"]);
});

it("on record is bounded, says how much it leaves out, and holds no literal of a statement", () => {
  fc.assert(
    fc.property(fc.nat(60), fc.nat(60), fc.string(), (many, few, text) => {
      const statements = Array.from({ length: many }, () =>
        statement(`insert into t values ('s3cret', ${"a".repeat(500)})`),
      );
      const long = `${text}${"x".repeat(5_000)}`;
      const findings = Array.from(
        { length: few },
        () => ({ code: "long-lock", severity: "note", table: null, message: long }) as const,
      );
      const outcome = rehearsalOutcome(aReport({ statements }, { findings, notTested: [long] }));
      expect(outcome.seen.leftOut).toBe(Math.max(many - 20, 0) + Math.max(few - 20, 0));
      expect(outcome.findings).toHaveLength(Math.min(few, 20));
      const written = JSON.stringify(outcome);
      expect(written).not.toContain("s3cret");
      expect(Buffer.byteLength(written)).toBeLessThan(100_000);
    }),
  );
});
