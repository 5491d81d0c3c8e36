import { createRedactor } from "@sluice/core";
import type { RehearsalReport } from "@sluice/database";
import { expect, it } from "vitest";
import { maskedReport } from "./masked-report.ts";

/** One that says the same text wherever somebody says something. */
function aReport(text: string): RehearsalReport {
  const verdict = { check: "orders", result: "fail", value: text, limit: text, n: 1, detail: text } as const;
  return {
    v: 1,
    at: "2026-05-01T10:00:00.000Z",
    service: "postgres",
    server: text,
    release: "v2.0",
    backup: { id: "20260501T090000Z-abcd", at: "2026-05-01T09:00:00.000Z", level: "compared", release: "v1" },
    times: { restoreMs: 1, cloneMs: 1, totalMs: 1 },
    migration: {
      how: "start",
      services: ["migrate"],
      ms: 1,
      error: { code: "JOB_FAILED", message: text, detail: text },
    },
    observations: {
      statements: [{ sql: text, ms: 1, calls: 1, rows: 0 }],
      locks: [{ table: "orders", mode: "ShareLock", blocks: "writes", heldMs: 1, by: text }],
      rewrites: [{ table: "orders", bytes: 1, rows: 1, reason: text, valuesChanged: null }],
      changes: [],
      newTables: [],
      tables: [],
      invalidIndexes: [],
      notValidated: [],
      concurrentIndexes: [],
      scans: [],
      faults: [text],
    },
    liveLongest: { ms: 1, application: text },
    compatibility: { release: "v1.0", result: "fail", why: text, verdicts: [verdict] },
    down: { ms: 1, error: { code: "JOB_FAILED", message: text }, left: [text] },
    predicted: [],
    findings: [{ code: "previous-fails", severity: "block", table: null, message: text, hint: text }],
    verdict: "block",
    notTested: [text],
  };
}

it("a rehearsal shows no secret in what was said", () => {
  const text = JSON.stringify(maskedReport(aReport("set hunter22"), createRedactor(["hunter22"])));
  expect(text).toContain("set [redacted]");
  expect(text).not.toContain("hunter22");
});

it("a migration that is blocked stays blocked, whatever a secret is called", () => {
  const report = aReport("");
  const words = "block fail start migrate postgres v2.0 v1.0 previous-fails orders compared 20260501T090000Z-abcd";
  const { verdict, compatibility, findings, migration, backup, release, service } = maskedReport(
    report,
    createRedactor(words.split(" ")),
  );
  const { how, services } = report.migration;
  expect({ verdict, compatibility, findings, backup, release, service }).toEqual({
    verdict: "block",
    compatibility: report.compatibility,
    findings: report.findings,
    backup: report.backup,
    release: "v2.0",
    service: "postgres",
  });
  expect(migration).toMatchObject({ how, services });
});
