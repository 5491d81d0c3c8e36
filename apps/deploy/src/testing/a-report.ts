import type { ReportData } from "@sluice/wiring";

/** The report of a deployment that went live. */
export const aReportOf = (deployment: string): ReportData => ({
  stack: "shop",
  deployment,
  kind: "deploy",
  tag: "v2",
  commit: null,
  release: "r2",
  actor: "ada",
  reason: "release v2",
  consents: [],
  outcome: "live",
  exitCode: 0,
  because: null,
  serving: { release: "r2", tag: "v2", slot: "green", share: 100 },
  begunAt: "2026-05-01T10:00:00.000Z",
  endedAt: "2026-05-01T10:01:00.000Z",
  durationMs: 60_000,
  spanMs: 60_000,
  steps: [],
  shares: [],
  verdicts: [],
  rehearsals: [],
  happenings: [],
  images: [],
  leftOut: 0,
});
