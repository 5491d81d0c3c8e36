import type {
  FindingCode,
  Observation,
  PlanStep,
  RehearsalCode,
  RehearsalOutcome,
  ReleaseBundle,
  Verdict,
} from "@sluice/core";
import type { AttemptFacts } from "../src/input.ts";

const at = (seconds: number) => new Date(Date.UTC(2026, 4, 1, 10, 0, 0) + seconds * 1_000).toISOString();

export interface Texts {
  /** Stands in every field that people or programs can write. */
  readonly text: string;
  readonly steps?: number;
}

/** An attempt that went to 5 %, was judged and went back; `text` is in every free field. */
export function anAttempt({ text, steps = 4 }: Texts): AttemptFacts {
  const deployment = "d1";
  const plan = Array.from({ length: steps }, (_, index) => aStep(`shift-${index + 1}`, text));
  const verdict: Verdict = {
    check: `errors ${text}`,
    result: "fail",
    value: `20 % ${text}`,
    limit: `<= 1 % ${text}`,
    n: 1_234,
    p: 0.000_01,
    detail: text,
    measured: { unit: "%", candidate: 20, previous: 0.5 },
  };
  const seen: readonly Observation[] = [
    { at: at(1), type: "share-change", service: text, slot: "green", share: 5 },
    { at: at(9), type: "verdict", step: "shift-1", verdict },
    { at: at(9), type: "share-change", service: text, slot: "green", share: 0 },
    { at: at(9), type: "error", code: "ANALYSIS_FAILED", message: text, hint: text, detail: text },
    { at: at(1), type: "rehearsal", step: "rehearse", rehearsal: aRehearsal(text) },
    { at: at(9), type: "finding", finding: { severity: "warn", code: text as FindingCode, message: text, hint: text } },
  ];
  return {
    start: {
      at: at(0),
      deployment,
      kind: "deploy",
      tag: `v2 ${text}`,
      plan: { kind: "deploy", candidate: "green", previous: "blue", steps: plan },
      actor: text,
      reason: text,
      consents: [text],
    },
    outcomes: plan.slice(0, -1).map(({ id }, index) => ({
      at: at(index + 2),
      step: id,
      result: index === 0 ? ("failed" as const) : ("done" as const),
      durationMs: 1_000,
      ...(index === 0 ? { error: { code: "ANALYSIS_FAILED", message: text }, observations: seen } : {}),
    })),
    begun: plan.map(({ id }) => id),
    end: {
      at: at(100),
      outcome: "rolled-back",
      tag: `v2 ${text}`,
      serving: { release: "r1", tag: text, slot: "blue", share: 100 },
      reason: text,
      durationMs: 100_000,
    },
  };
}

function aRehearsal(text: string): RehearsalOutcome {
  return {
    verdict: "block",
    previous: { result: "fail", why: text },
    findings: [
      { code: text as RehearsalCode, severity: "block", message: text, hint: text },
      { code: "table-rewritten", severity: "note", message: text },
    ],
    backup: text,
    copy: { at: "2026-05-01T09:00:00.000Z", ageMs: 3_600_000, release: text },
    seen: {
      migrationMs: 1_500,
      statements: [{ sql: `alter table ${text}`, ms: 12.4, calls: 2, rows: 0, how: text }],
      locks: [{ table: text, blocks: text, heldMs: 14, by: text }],
      rewrites: [{ table: text, bytes: 12_345_678, rows: 7, reason: text }],
      tables: [
        { table: text, rowsBefore: 7, rowsAfter: 9, inserted: 2, updated: 0, deleted: 0 },
        { table: `gone ${text}`, rowsBefore: 7, rowsAfter: null, inserted: 0, updated: 0, deleted: 0 },
      ],
      notTested: [text, "mail"],
      leftOut: 3,
    },
  };
}

function aStep(id: string, text: string): PlanStep {
  const base = { id, target: `door ${text}`, cause: text, timeoutMs: 1_000 };
  return { ...base, kind: "shift", slot: "green", services: ["web"], share: 5, holdMs: 0 };
}

export function aBundle(text: string): ReleaseBundle {
  return {
    version: 1,
    id: `r2 ${text}`,
    tag: "v2",
    tags: ["v2"],
    commit: `c0ffee ${text}`,
    createdAt: at(0),
    key: "key",
    services: [],
    images: { [`web ${text}`]: `sha256:1 ${text}` },
    imageTags: { [`web ${text}`]: `shop-web:v2 ${text}` },
    environment: {},
  };
}
