import type { RehearsalReport } from "@sluice/wiring";

/** A rehearsal of a harmless migration, as wiring gives it. */
export function aRehearsal(over: Partial<RehearsalReport> = {}): RehearsalReport {
  return {
    v: 1,
    at: "2026-05-01T10:00:00.000Z",
    service: "db",
    server: "15.8",
    release: "v2",
    backup: { id: "20260501T090000Z-abcd", at: "2026-05-01T09:00:00.000Z", level: "compared", release: "v1" },
    times: { restoreMs: 12_000, cloneMs: 900, totalMs: 30_000 },
    migration: { how: "job", services: ["migrate"], ms: 1_500, error: null },
    observations: {
      statements: [
        { sql: "begin", ms: 0, calls: 1, rows: 0 },
        { sql: "alter table orders\n  add column note text", ms: 12.4, calls: 1, rows: 0 },
      ],
      locks: [
        {
          table: "public.orders",
          mode: "AccessExclusiveLock",
          blocks: "reads and writes",
          heldMs: 14,
          by: "ALTER TABLE",
        },
      ],
      rewrites: [],
      changes: [],
      newTables: [],
      tables: [],
      invalidIndexes: [],
      notValidated: [],
      concurrentIndexes: [],
      scans: [],
    },
    liveLongest: null,
    compatibility: { release: "v1", result: "pass", why: "2 of its checks passed", verdicts: [] },
    down: null,
    predicted: [],
    findings: [],
    verdict: "pass",
    notTested: ["the application's own traffic beside the migration"],
    ...over,
  };
}
