import { describe, expect, it } from "vitest";
import { aConfig, aService, aSlot, aStack } from "../../testing/index.ts";
import { type DesiredDeployment, planDeployment } from "../plan-deployment.ts";

const services = [aService("web"), aService("worker", { role: "worker" })];
const config = aConfig({ rollout: { steps: [50, { share: 100, approval: true }] } });
const wish: DesiredDeployment = {
  tag: "v3",
  services,
  config,
  bundleId: "r-3",
  imagesOf: null,
  wasLive: true,
  replaced: services,
  prunable: [],
};
const live = { slot: "green", release: "r-2" } as const;
const seen = aStack({ services, live });
const gone = { slot: "green", release: null, deployment: null, containers: [] } as const;
const inGreen = (...containers: typeof seen.slots.green.containers) => ({
  ...seen,
  slots: { ...seen.slots, green: { ...seen.slots.green, containers } },
});
const [web, worker] = seen.slots.green.containers;
if (!web || !worker) throw new Error("the slot has both");

const sharesOf = (observed: typeof seen, more: Partial<DesiredDeployment> = {}) =>
  planDeployment({ ...wish, ...more }, observed).steps.flatMap((step) =>
    step.kind === "shift" || step.kind === "approval" ? [`${step.kind} ${step.share}`] : [],
  );
const asConfigured = ["shift 50", "approval 100", "shift 100"];

describe("users come to the candidate", () => {
  it.each([
    ["runs", seen],
    ["is paused", inGreen({ ...web, state: "paused" }, worker)],
    ["is just being started again", inGreen({ ...web, state: "restarting" }, worker)],
  ] as const)("as configured while the previous %s", (_title, observed) => {
    expect(sharesOf(observed)).toEqual(asConfigured);
  });

  it.each([
    ["is gone", { ...seen, slots: { ...seen.slots, green: gone } }],
    ["has ended", inGreen({ ...web, state: "exited" }, { ...worker, state: "exited" })],
    ["has only its workers left", inGreen(worker)],
  ] as const)("all at once where the previous %s, and nobody is asked", (_title, observed) => {
    expect(sharesOf(observed)).toEqual(["shift 100"]);
    const shift = planDeployment(wish, observed).steps.find(({ kind }) => kind === "shift");
    expect(shift?.cause).toBe("cutover, at once: nothing of the previous runs");
  });

  it("in the same shares where it was live before, and nobody is asked", () => {
    expect(sharesOf(seen, { isRollback: true })).toEqual(["shift 50", "shift 100"]);
  });
});

describe("where nothing is left of the slot that users are led to", () => {
  const beside = { ...seen, slots: { green: gone, blue: aSlot("blue", "r-1", ["web", "worker"]) } };

  it("the other, where it serves, is what the plan goes from, and users are led there first", () => {
    const plan = planDeployment(wish, beside);
    expect(plan).toMatchObject({ candidate: "green", previous: "blue" });
    expect(plan.steps[0]).toMatchObject({ kind: "recover", services: ["web"] });
    expect(plan.steps.some((step) => step.kind === "clear")).toBe(false);
    expect(sharesOf(beside)).toEqual(asConfigured);
  });

  it("and nothing that serves is in the other, that is the one for the candidate", () => {
    const ended = beside.slots.blue.containers.map((one) => ({ ...one, state: "exited" as const }));
    const cold = { ...beside, slots: { ...beside.slots, blue: { ...beside.slots.blue, containers: ended } } };
    expect(planDeployment(wish, cold)).toMatchObject({ candidate: "blue", previous: "green" });
  });
});
