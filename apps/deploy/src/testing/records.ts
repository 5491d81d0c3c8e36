import type { ObservedContainer } from "@sluice/core";
import type { AttemptRecord } from "../context.ts";
import { v2 } from "./fake-deployer.ts";

const record = (seq: number) => ({
  v: 1 as const,
  seq,
  at: `2026-05-01T09:0${seq}:00.000Z`,
  previous: "",
  hash: `h${seq}`,
});

export const unfinished = {
  deployment: "d7",
  tag: "v2",
  since: "2026-05-01T09:58:00Z",
  canResume: true,
  canAbort: true,
} as const;

export function anAttempt(over: Partial<AttemptRecord> = {}): AttemptRecord {
  const deployment = "d1";
  return {
    start: {
      ...record(1),
      type: "deployment-start",
      deployment,
      kind: "deploy",
      tag: "v2",
      bundle: null,
      previousBundle: null,
      plan: { kind: "deploy", candidate: "green", previous: "blue", steps: [] },
      actor: "ada",
      reason: "release v2",
      consents: ["breaking migration"],
    },
    outcomes: [{ ...record(2), type: "step-outcome", deployment, step: "verify", result: "done", durationMs: 10 }],
    begun: ["verify"],
    running: null,
    notDone: [],
    undos: [],
    orders: [],
    end: {
      ...record(3),
      type: "deployment-end",
      deployment,
      outcome: "live",
      release: "r2",
      tag: "v2",
      serving: v2,
      durationMs: 80_000,
    },
    isImported: false,
    endings: ["live"],
    ...over,
  };
}

export function aContainer(over: Partial<ObservedContainer> = {}): ObservedContainer {
  return {
    id: "c1",
    name: "shop-green-web-1",
    service: "web",
    imageId: "sha256:1",
    state: "running",
    health: "healthy",
    restartCount: 0,
    exitCode: 0,
    oomKilled: false,
    startedAt: "2026-05-01T09:57:00Z",
    finishedAt: "",
    release: "r2",
    deployment: "d1",
    ...over,
  };
}
