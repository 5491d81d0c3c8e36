import { createEvent, type EventBody, type SluiceEvent } from "@sluice/core";
import { describe, expect, it } from "vitest";
import { createRedaction } from "./redaction.ts";

const secret = "cnry-q7Zk31";
const step = { deployment: "d1", step: "verify" } as const;

function masked(body: EventBody, values: readonly string[]): SluiceEvent | undefined {
  const told: SluiceEvent[] = [];
  const redaction = createRedaction((event) => void told.push(event));
  redaction.add(values);
  redaction.sink(createEvent(new Date(0), body));
  return told[0];
}

/** Every event, with a secret wherever somebody says something. */
const spoken: readonly EventBody[] = [
  {
    type: "deployment-start",
    deployment: "d1",
    kind: "deploy",
    release: "r2",
    tag: "v2",
    actor: "ada",
    reason: secret,
  },
  {
    type: "plan",
    deployment: "d1",
    steps: [{ id: "verify", kind: "verify", target: "slot green", cause: secret }],
    text: `1. ${secret}`,
  },
  {
    type: "finding",
    finding: {
      severity: "warn",
      code: "not-asked",
      message: secret,
      hint: secret,
      position: { file: `/srv/${secret}` },
    },
  },
  { ...step, type: "step-start", kind: "verify", target: "slot green", cause: secret },
  { ...step, type: "step-progress", text: secret },
  { ...step, type: "step-end", kind: "verify", target: "slot green", result: "failed", durationMs: 1, detail: secret },
  { type: "output-line", source: "web", stream: "stdout", text: secret },
  {
    ...step,
    type: "verdict",
    verdict: { check: "who am i", result: "fail", value: secret, limit: secret, n: 1, detail: secret },
  },
  {
    ...step,
    type: "rehearsal",
    rehearsal: {
      verdict: "warn",
      previous: { result: "fail", why: secret },
      findings: [{ code: "rows-lost", severity: "warn", message: secret, hint: secret }],
      backup: "b1",
      seen: {
        migrationMs: 1,
        statements: [{ sql: `set ${secret}`, ms: 1, calls: 1, rows: 0 }],
        locks: [{ table: "orders", blocks: "reads", heldMs: 1, by: `alter ${secret}` }],
        rewrites: [{ table: "orders", bytes: 1, rows: 1, reason: secret }],
        tables: [],
        notTested: [secret],
        leftOut: 0,
      },
    },
  },
  { ...step, type: "person-wanted", tag: "v2", why: secret, waitMs: 1, next: "sluice traffic approve" },
  { type: "order", deployment: "d1", order: "pause", actor: "ada", reason: secret },
  { type: "error", code: "CHECK_FAILED", message: secret, hint: secret, detail: secret, position: `/srv/${secret}:1` },
  {
    type: "deployment-end",
    deployment: "d1",
    outcome: "failed",
    exitCode: 20,
    release: "r2",
    tag: "v2",
    serving: { release: "r1", tag: "v1", slot: "blue", share: 100 },
    previous: null,
    durationMs: 1,
    reason: secret,
  },
];

describe("events", () => {
  it.each(spoken.map((body) => [body.type, body] as const))("of type %s tell no secret", (_type, body) => {
    expect(JSON.stringify(body)).toContain(secret);
    expect(JSON.stringify(masked(body, [secret]))).not.toContain(secret);
  });

  it("keep all names, states, slots and tags, whatever a secret is called", () => {
    const named: readonly EventBody[] = [
      {
        type: "deployment-start",
        deployment: "d1-2026",
        kind: "deploy",
        release: "r2-abcd",
        tag: "v2.0.0",
        actor: "kubernetes",
        reason: "",
      },
      {
        type: "plan",
        deployment: "d1-2026",
        steps: [{ id: "verify", kind: "verify", target: "slot green", cause: "" }],
        text: "",
      },
      { type: "finding", finding: { severity: "warn", code: "not-notified", message: "", service: "kubernetes" } },
      { ...step, type: "step-start", kind: "verify", target: "slot green", cause: "" },
      { ...step, type: "step-end", kind: "verify", target: "slot green", result: "done", durationMs: 1 },
      { type: "output-line", source: "kubernetes", stream: "stdout", text: "" },
      { ...step, type: "verdict", verdict: { check: "live", result: "pass", value: "", limit: "", n: 1 } },
      { type: "share-change", deployment: "d1-2026", service: "kubernetes", slot: "blue", share: 50 },
      { ...step, type: "person-wanted", tag: "v2.0.0", why: "", waitMs: 1, next: "sluice traffic approve" },
      { type: "order", deployment: "d1-2026", order: "pause", actor: "kubernetes", reason: "" },
      { type: "error", code: "CHECK_FAILED", message: "" },
      {
        type: "deployment-end",
        deployment: "d1-2026",
        outcome: "live",
        exitCode: 0,
        release: "r2-abcd",
        tag: "v2.0.0",
        serving: { release: "r2-abcd", tag: "v2.0.0", slot: "blue", share: 100 },
        previous: null,
        durationMs: 1,
        next: "sluice status",
      },
    ];
    const values =
      "live blue green pass done pause verify deploy warn kubernetes v2.0.0 r2-abcd d1-2026 sluice traffic";
    const more = ["not-notified", "CHECK_FAILED", "slot", "stdout", "deployment-end", "1970-01-01T00:00:00.000Z"];
    for (const body of named) {
      expect(masked(body, [...values.split(" "), ...more])).toEqual(createEvent(new Date(0), body));
    }
  });
});
