import { describe, expect, it } from "vitest";
import { aConfig, aContainer, aDoor, aService, aSlot, aStack } from "../../testing/index.ts";
import { planDeployment } from "../plan-deployment.ts";
import { keptGoneFindings } from "./kept-gone.ts";

const services = [aService("web"), aService("worker", { role: "worker" })];
const plain = [aContainer("web"), aContainer("worker")];
const wish = { tag: "v1", services, config: aConfig(), bundleId: null, imagesOf: null, wasLive: false, prunable: [] };
const plan = planDeployment(wish, aStack({ services, plain }));
const begun = (last: string) => {
  const ids = plan.steps.map(({ id }) => id);
  const until = ids.slice(0, ids.indexOf(last) + 1);
  return { deployment: "d1", plan, begun: until, done: until.slice(0, -1) };
};
const { slots } = aStack({ services, live: { slot: "blue", release: "r-1" } });
const own = { ...slots.blue, containers: slots.blue.containers.map((one) => ({ ...one, deployment: "d1" })) };
const candidate = plan.candidate;
const led = {
  slots: { ...aStack().slots, [candidate]: { ...own, slot: candidate, deployment: "d1" } },
  doors: { web: aDoor("web", { stable: candidate === "blue" ? "green" : "blue", share: 100, salt: 0 }) },
};

describe("what a deployment keeps beside the slots", () => {
  it("and is removed is told, with what becomes of it", () => {
    const seen = { ...aStack({ services, plain: plain.slice(1) }), ...led };
    expect(keptGoneFindings(begun("shift-1"), seen, true)).toEqual([
      {
        severity: "warn",
        code: "way-back-gone",
        message:
          "deployment d1 cannot go back: 1 container that it keeps beside the slots until its promotion is removed",
        hint: "where it fails, users stay with what it deploys, and sluice resume finishes it",
      },
    ]);
    expect(keptGoneFindings(begun("shift-1"), seen, false)).toMatchObject([{ hint: "sluice resume finishes it" }]);
  });

  it("stays nobody's only way where what served users is there: of a worker alone its undo stops", () => {
    const seen = { ...aStack({ services, plain: plain.slice(0, 1) }), ...led };
    expect(
      keptGoneFindings(begun(plan.steps.find(({ kind }) => kind === "workers")?.id ?? ""), seen, true),
    ).toMatchObject([{ hint: "where it fails, its undo stops there, and sluice resume finishes it" }]);
  });

  it("is nothing before the step that stops it has begun: what runs meanwhile may be made anew", () => {
    expect(keptGoneFindings(begun("start-1"), aStack({ services }), true)).toEqual([]);
  });

  it("is nothing where a later deployment came after it", () => {
    const later = { ...aSlot("green", "r-2", ["web"]), deployment: "d2" };
    const green = { ...later, containers: later.containers.map((one) => ({ ...one, deployment: "d2" })) };
    const seen = { ...aStack({ services }), ...led, slots: { ...led.slots, green } };
    expect(keptGoneFindings(begun("shift-1"), seen, false)).toEqual([]);
  });

  it("is nothing while it is there, in whatever the checkout takes it for, nor once the promotion removes it", () => {
    expect(keptGoneFindings(begun("shift-1"), aStack({ services, plain }), true)).toEqual([]);
    expect(keptGoneFindings(begun("shift-1"), aStack({ services, orphans: plain }), true)).toEqual([]);
    expect(keptGoneFindings(begun("promote-1"), aStack({ services }), true)).toEqual([]);
  });
});
