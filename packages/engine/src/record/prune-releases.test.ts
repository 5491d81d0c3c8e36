import { liveSlot, releasesToPrune } from "@sluice/core";
import { aConfig, aService } from "@sluice/testing";
import { expect, it } from "vitest";
import { aScenario, type Scenario } from "../../test/support/scenario.ts";
import { releasesInUse } from "./prune-releases.ts";

/** Tags of what is in use, and of what a retention of one release would leave. */
async function inUse({ world }: Scenario) {
  const { bundles, journal, observer } = world.ports();
  const observed = await observer.observe({ services: [], model: { name: "shop", services: {} } } as never);
  const stored = await bundles.list();
  const needed = await releasesInUse(observed, stored, { journal });
  const removed = releasesToPrune(stored, { keep: 1, needed });
  const tagOf = (id: string) => stored.find((bundle) => bundle.id === id)?.tag ?? id;
  return {
    live: liveSlot(observed)?.slot,
    needed: [...needed].map(tagOf).toSorted(),
    left: stored
      .map(({ id }) => id)
      .filter((id) => !removed.includes(id))
      .map(tagOf)
      .toSorted(),
  };
}

it("of a project that is all in base the release that serves stays, and the one that it came after", async () => {
  const services = [aService("web", { strategy: "recreate" })];
  const scenario = aScenario({ services });
  for (const tag of ["v1", "v2", "v3"]) await scenario.deploy(tag);
  await scenario.rollback("v2");
  const seen = await inUse(scenario);
  expect(seen).toEqual({ live: undefined, needed: ["v1", "v2"], left: ["v1", "v2", "v3"] });
});

it("the release before stays where its containers are gone: a rollback without a tag goes there", async () => {
  const scenario = aScenario({ config: aConfig({ rollout: { keep: "removed" } }) });
  for (const tag of ["v1", "v5"]) await scenario.deploy(tag);
  await scenario.rollback("v1");
  await scenario.deploy("v6");
  const seen = await inUse(scenario);
  expect(seen.needed).toEqual(["v1", "v6"]);
  expect(seen.left).toEqual(["v1", "v6"]);
  expect(await scenario.rollback()).toMatchObject({ outcome: "live", serving: { tag: "v1" } });
});
