import { SluiceError } from "@sluice/core";
import { aConfig } from "@sluice/testing";
import { describe, expect, it } from "vitest";
import { aScenario } from "../../test/support/scenario.ts";

/** Deploys `v2`, whose door does not answer from its third look on for that long. */
async function withDoorAway(interval: "500ms" | "1s" | "5s" | "10s", awayMs: number) {
  const config = aConfig({
    rollout: { steps: [{ share: 50, for: "60s" }, 100], bake: "0s" },
    analysis: { enabled: true, interval },
  });
  const scenario = aScenario({ config });
  const { world } = scenario;
  await scenario.deploy("v1");
  world.restart();
  let looks = 0;
  let sinceMs = Number.POSITIVE_INFINITY;
  world.calls.fault = ({ name }) => {
    if (name !== "router.traffic door web") return undefined;
    if (++looks === 3) sinceMs = world.clock.monotonicMs();
    const isAway = looks >= 3 && world.clock.monotonicMs() - sinceMs < awayMs;
    return isAway ? new SluiceError("DOOR_FAILED", "door web does not answer", { retryable: true }) : undefined;
  };
  return scenario.deploy("v2");
}

describe("a door that is started again while users are watched", () => {
  it.each(["500ms", "1s", "5s", "10s"] as const)("is waited for, with looks every %s", async (interval) => {
    expect(await withDoorAway(interval, 2_000)).toMatchObject({ outcome: "live" });
  });

  it.each(["500ms", "1s", "5s", "10s"] as const)(
    "and does not come back ends it, with looks every %s",
    async (interval) => {
      expect(await withDoorAway(interval, 30_000)).toMatchObject({
        outcome: "rolled-back",
        reason: "door web does not answer",
      });
    },
  );
});
