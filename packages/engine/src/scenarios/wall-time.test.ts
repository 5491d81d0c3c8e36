import { aConfig } from "@sluice/testing";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { problemsOf, serves } from "../../test/support/enumerate.ts";
import { aScenario } from "../../test/support/scenario.ts";
import { skewWallTime, yearMs } from "../../test/support/skew.ts";
import { readAttempts } from "../record/read-attempts.ts";

const watched = aConfig({
  rollout: { bake: "30s", steps: [{ share: 10, for: "30s" }, 100] },
  analysis: { enabled: true },
});
const jumps = fc.array(fc.integer({ min: -5 * yearMs, max: 5 * yearMs }), { minLength: 1, maxLength: 5 });

/** Good ones, a bad one, one in which the engine never answers, and the way back; what became of each, and when. */
async function story(skew: readonly number[]) {
  const scenario = aScenario({ config: watched });
  const { world } = scenario;
  skewWallTime(scenario, skew);
  await scenario.deploy("v1");
  await scenario.deploy("v2");
  world.behaviours.set("v3", { exits: ["web"] });
  await scenario.deploy("v3");
  world.restart();
  world.calls.fault = ({ name }) => (name.startsWith("slots.start") ? "hang" : undefined);
  await scenario.deploy("v4");
  world.restart();
  await scenario.rollback();
  const broken = [...(await problemsOf(scenario)), ...serves(scenario, "v1")];
  const records = world.state.records.map(({ type, seq, ...record }) => {
    const { step, result, outcome, durationMs } = record as Readonly<Record<string, unknown>>;
    return { type, seq, step, result, outcome, durationMs };
  });
  return { endedMs: world.clock.monotonicMs(), records, broken };
}

describe("whatever wall time does meanwhile", () => {
  it("deployments do the same and take as long, and every deadline holds", { timeout: 60_000 }, async () => {
    const steady = await story([0]);
    expect(steady.broken).toEqual([]);
    const results = steady.records.flatMap(({ outcome }) => (outcome === undefined ? [] : [outcome]));
    expect(results).toEqual(["live", "live", "failed", "failed", "live"]);
    await fc.assert(
      fc.asyncProperty(jumps, async (skew) => {
        expect(await story(skew)).toEqual(steady);
      }),
      { numRuns: 30 },
    );
  });
});

describe("after wall time went back by years", () => {
  it("the releases that stay are those that were built last", async () => {
    const scenario = aScenario({ config: aConfig({ releases: { keep: 2 } }) });
    const kept = () => [...scenario.world.state.bundles.values()].map(({ bundle }) => bundle.tag).toSorted();
    for (const tag of ["v1", "v2", "v3", "v4"]) await scenario.deploy(tag);
    // The plan of v4 had v2 in a slot.
    expect(kept()).toEqual(["v2", "v3", "v4"]);
    scenario.world.clock.skewWall(-10 * yearMs);
    for (const tag of ["v5", "v6", "v7"]) await scenario.deploy(tag);
    expect(kept()).toEqual(["v5", "v6", "v7"]);
  });

  it("a tag names the release that was built under it last", async () => {
    const scenario = aScenario();
    await scenario.deploy("v1");
    scenario.world.clock.skewWall(-10 * yearMs);
    await scenario.deploy("v1", { request: { commit: "moved" } });
    await scenario.deploy("v2");
    expect(await scenario.rollback("v1")).toMatchObject({ outcome: "live", serving: { tag: "v1" } });
    const [served] = Object.values(scenario.world.users());
    const releases = Object.keys(served ?? {});
    expect(releases.map((id) => scenario.world.state.bundles.get(id)?.bundle.commit)).toEqual(["moved"]);
  });

  it("deployments sort after those before them", async () => {
    const scenario = aScenario();
    await scenario.deploy("v1");
    scenario.world.clock.skewWall(-10 * yearMs);
    await scenario.deploy("v2");
    await scenario.rollback();
    const ids = (await readAttempts(scenario.world.ports().journal)).map(({ start }) => start.deployment);
    expect(ids).toHaveLength(3);
    expect(ids).toEqual(ids.toSorted());
  });
});
