import { describe, expect, it } from "vitest";
import { aConfig, aContainer, aService, aStack } from "../../testing/index.ts";
import { planDeployment } from "../plan-deployment.ts";
import { keptGoneFindings } from "./kept-gone.ts";

const services = [aService("web"), aService("worker", { role: "worker" })];
const plain = [aContainer("web"), aContainer("worker")];
const wish = { tag: "v1", services, config: aConfig(), bundleId: null, imagesOf: null, wasLive: false, prunable: [] };
const plan = planDeployment(wish, aStack({ services, plain }));
const begun = (last: string) => {
  const ids = plan.steps.map(({ id }) => id);
  return { deployment: "d1", plan, begun: ids.slice(0, ids.indexOf(last) + 1) };
};

describe("what a deployment keeps beside the slots", () => {
  it("and is removed is told, with what becomes of it", () => {
    const seen = aStack({ services, plain: plain.slice(1) });
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

  it("is nothing while it is there, in whatever the checkout takes it for, nor once the promotion removes it", () => {
    expect(keptGoneFindings(begun("shift-1"), aStack({ services, plain }), true)).toEqual([]);
    expect(keptGoneFindings(begun("shift-1"), aStack({ services, orphans: plain }), true)).toEqual([]);
    expect(keptGoneFindings(begun("promote-1"), aStack({ services }), true)).toEqual([]);
  });
});
