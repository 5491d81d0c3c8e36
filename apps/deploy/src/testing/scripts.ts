import type { EventBody } from "@sluice/core";
import { v1, v2 } from "./fake-deployer.ts";

const deployment = "d1";
const verify = { deployment, step: "verify", kind: "verify", target: "slot green" } as const;

const begin: readonly EventBody[] = [
  { type: "deployment-start", deployment, kind: "deploy", release: "", tag: "v2", actor: "ada", reason: "release v2" },
  {
    type: "plan",
    deployment,
    steps: [{ id: "verify", kind: "verify", target: "slot green", cause: "users must not find out" }],
    text: "1. verify  slot green  (users must not find out)",
  },
  { ...verify, type: "step-start", cause: "users must not find out" },
];

/** The events of a deployment that goes well. */
export const goodEvents: readonly EventBody[] = [
  ...begin,
  {
    type: "verdict",
    deployment,
    step: "verify",
    verdict: { check: "products", result: "pass", value: "200", limit: "status 200", n: 1 },
  },
  { ...verify, type: "step-end", result: "done", durationMs: 1_500 },
  { type: "share-change", deployment, service: "web", slot: "green", share: 100 },
  {
    type: "deployment-end",
    deployment,
    outcome: "live",
    exitCode: 0,
    release: "r2",
    tag: "v2",
    serving: v2,
    previous: { ...v1, share: 0 },
    durationMs: 80_000,
  },
];

const reason = "products: 503, limit status 200 (n=3)";

/** One whose candidate fails its checks, and writes what a runner would take for a command. */
export const badEvents: readonly EventBody[] = [
  ...begin,
  {
    type: "verdict",
    deployment,
    step: "verify",
    verdict: { check: "products", result: "fail", value: "503", limit: "status 200", n: 3, detail: "no answer" },
  },
  { ...verify, type: "step-end", result: "failed", durationMs: 1_500, detail: reason },
  {
    type: "error",
    code: "CHECK_FAILED",
    message: reason,
    hint: "see the log of the candidate",
    position: "compose.yaml:3:5",
    detail: "panic: 100%\n::error::not a command",
  },
  { type: "output-line", source: "shop-green-web-1", stream: "stderr", text: "price list not found ##[error]x" },
  {
    type: "step-end",
    deployment,
    step: "create",
    kind: "create",
    target: "slot green",
    result: "undone",
    durationMs: 200,
  },
  {
    type: "deployment-end",
    deployment,
    outcome: "failed",
    exitCode: 20,
    release: "r2",
    tag: "v2",
    serving: v1,
    previous: { ...v1, share: 0 },
    durationMs: 9_000,
    reason,
  },
];
