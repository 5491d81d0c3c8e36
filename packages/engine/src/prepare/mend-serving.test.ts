import { aContainer, aDoor, aRelease, aService, aStack } from "@sluice/testing";
import { describe, expect, it } from "vitest";
import { asItRuns } from "./mend-serving.ts";

const up = aContainer("one");
const down = aContainer("one", { state: "exited", exitCode: 137 });

/** State of a service in base as a plan that mends takes it. */
function stateOf(
  seen: Pick<Parameters<typeof asItRuns>[0]["base"][string], "state" | "containers" | "change">,
  facts: Parameters<typeof aService>[1] = { role: "support" },
) {
  const service = aService("one", facts);
  const stack = aStack({ services: [service], base: { one: { service: "one", reason: "it says", ...seen } } });
  return asItRuns(stack, aRelease("v1", { services: [service] }).bundle).base["one"]?.state;
}

describe("what serves is mended as if what runs were as the release has it", () => {
  it("where it changed and runs", () => {
    expect(stateOf({ state: "changed", containers: [up] })).toBe("current");
  });

  it.each([
    ["is down", [down], {}],
    ["is paused", [aContainer("one", { state: "paused" })], {}],
    ["lacks a container", [up], { replicas: 2 }],
  ] as const)("and not where it changed and %s", (_how, containers, facts) => {
    expect(stateOf({ state: "changed", containers }, { role: "support", ...facts })).toBe("stopped");
  });

  it("data that is down comes back where it is as the release has it, and is left where it is otherwise", () => {
    expect(stateOf({ state: "stopped", containers: [down] }, { role: "data" })).toBe("stopped");
    expect(stateOf({ state: "absent", containers: [] }, { role: "data" })).toBe("absent");
    expect(stateOf({ state: "changed", containers: [down] }, { role: "data" })).toBe("current");
  });

  it("what is down and would leave a volume is left, but for a proxy, which users come through", () => {
    const moving = (leaves: readonly string[]) => ({ leaves, takes: ["shop_b"], makes: [], keepsOthers: false });
    const stateIn = (role: "support" | "edge", leaves: readonly string[]) =>
      stateOf({ state: "changed", containers: [down], change: moving(leaves) }, { role });
    expect(stateIn("support", ["shop_a"])).toBe("current");
    expect(stateIn("support", [])).toBe("stopped");
    expect(stateIn("edge", ["shop_a"])).toBe("stopped");
  });

  it("a door that is outdated is left, and is made anew where users do not come to it", () => {
    const doorOf = (isUnreached: boolean) =>
      aDoor("web", { stable: "blue", share: 0, salt: 0 }, { state: "outdated", isUnreached });
    const { bundle } = aRelease("v1", { services: [aService("web")] });
    const states = [false, true].map(
      (isUnreached) => asItRuns(aStack({ doors: { web: doorOf(isUnreached) } }), bundle).doors["web"]?.state,
    );
    expect(states).toEqual(["current", "outdated"]);
  });

  it("what runs once and ended well is left, and is made where it is gone", () => {
    const once = { role: "support", runsOnce: true } as const;
    const ended = aContainer("one", { state: "exited", exitCode: 0 });
    expect(stateOf({ state: "stopped", containers: [ended] }, once)).toBe("current");
    expect(stateOf({ state: "absent", containers: [] }, once)).toBe("absent");
  });
});
