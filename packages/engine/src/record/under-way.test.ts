import { aConfig } from "@sluice/testing";
import { expect, it } from "vitest";
import { aScenario, type Scenario } from "../../test/support/scenario.ts";
import { lastAttempt } from "./read-attempts.ts";
import { type UnderWay, underWayOf } from "./under-way.ts";

const approval = { timeout: "1m" };

/** What the record says each time that somebody is waited for, while `act` decides. */
async function seenWhileWaiting(
  steps: { share: number; for?: string; approval?: boolean }[],
  act: (scenario: Scenario) => unknown,
  first?: (scenario: Scenario) => unknown,
): Promise<readonly (UnderWay | null)[]> {
  const config = aConfig({ rollout: { steps, bake: "5s", approval }, analysis: { enabled: true } });
  const scenario = aScenario({ config });
  await scenario.deploy("v1");
  scenario.world.restart();
  const seen: (UnderWay | null)[] = [];
  const look = async () => {
    seen.push(underWayOf(await lastAttempt(scenario.world.ports().journal)));
  };
  const push = scenario.world.events.push.bind(scenario.world.events);
  let isPaused = false;
  scenario.world.events.push = (event) => {
    if (event.type === "step-start" && event.step === "shift-1" && !isPaused) {
      isPaused = true;
      void first?.(scenario);
    }
    if (event.type === "step-progress" && event.text.includes("waits 1m")) void look().then(() => act(scenario));
    return push(event);
  };
  await scenario.deploy("v2");
  await look();
  return seen;
}

it("a deployment that waits for approval says so, and what runs", async () => {
  const steps = [
    { share: 10, for: "5s" },
    { share: 100, approval: true },
  ];
  const seen = await seenWhileWaiting(steps, ({ world }) => world.order("approve", { actor: "mira" }));
  expect(seen).toMatchObject([
    {
      kind: "deploy",
      tag: "v2",
      step: { id: "approval-1", kind: "approval", target: "100 %" },
      waitsForApproval: true,
      paused: null,
      isAborted: false,
    },
    null,
  ]);
});

it("one that is gone on with waits at the step that an earlier run has left", async () => {
  const steps = [{ share: 10 }, { share: 100, approval: true }];
  const scenario = aScenario({ config: aConfig({ rollout: { steps, approval } }) });
  const { world } = scenario;
  await scenario.deploy("v1");
  world.restart();
  world.calls.fault = ({ name }) => (name === "journal.append step-intent approval-1" ? "crash" : undefined);
  await scenario.deploy("v2").catch(() => undefined);
  world.restart();
  const { journal } = world.ports();
  const deployment = (await lastAttempt(journal))?.start.deployment ?? "";
  const of = { deployment, step: "approval-1" };
  const seen = async () => underWayOf(await lastAttempt(journal));
  const waits = { step: { id: "approval-1" }, waitsForApproval: true };
  await journal.append({ type: "step-intent", ...of });
  expect(await seen()).toMatchObject(waits);
  await journal.append({ type: "step-outcome", ...of, result: "failed", durationMs: 1, interrupted: true });
  expect(await seen()).toMatchObject({ step: null, waitsForApproval: false });
  await journal.append({ type: "step-intent", ...of });
  expect(await seen()).toMatchObject(waits);
  await journal.append({ type: "step-outcome", ...of, result: "done", durationMs: 1 });
  expect(await seen()).toMatchObject({ step: null, waitsForApproval: false });
});

it("one that was paused says by whom and why", async () => {
  const seen = await seenWhileWaiting(
    [{ share: 10, for: "5s" }, { share: 100 }],
    ({ world }) => world.order("resume"),
    ({ world }) => world.order("pause", { actor: "mira", reason: "lunch" }),
  );
  expect(seen).toMatchObject([
    { paused: { actor: "mira", reason: "lunch", byVerdict: false }, waitsForApproval: false },
    null,
  ]);
});

it("one that is aborted waits for nobody", () => {
  const record = { v: 1, seq: 1, at: "2026-05-01T09:00:00.000Z", previous: "", hash: "h" } as const;
  const deployment = "d1";
  const step = { id: "approval-1", kind: "approval", target: "100 %" };
  const start = { ...record, type: "deployment-start", deployment, kind: "deploy", tag: "v2", plan: { steps: [step] } };
  const order = (kind: string) => ({ ...record, type: "order", deployment, order: kind, actor: "mira", reason: "" });
  const attempt = {
    start,
    begun: ["approval-1"],
    running: "approval-1",
    undos: [],
    outcomes: [],
    end: null,
    orders: [order("pause"), order("abort")],
  };
  expect(underWayOf(attempt as never)).toEqual({
    deployment,
    kind: "deploy",
    tag: "v2",
    since: record.at,
    step,
    paused: null,
    waitsForApproval: false,
    isAborted: true,
  });
});

it("without a deployment there is none", () => {
  expect(underWayOf(null)).toBeNull();
});
