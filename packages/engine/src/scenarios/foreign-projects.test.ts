import { type ForeignProject, type StackPlace, stackNames } from "@sluice/core";
import { expect, it } from "vitest";
import { aScenario, reached, type Scenario } from "../../test/support/scenario.ts";

const inPlace = (place: StackPlace): ForeignProject => ({
  project: place === "base" ? "shop" : stackNames.slotProject("shop", place),
  place,
  containers: ["somebody-elses"],
  networks: [],
  isShared: false,
  owner: null,
});

/** What a run is refused with, having changed nothing. */
async function refusal({ world }: Scenario, run: () => Promise<unknown>) {
  const before = JSON.stringify([...world.state.containers.values()]);
  const records = world.state.records.length;
  const error = await run().then(
    () => null,
    (thrown: unknown) => thrown,
  );
  expect(JSON.stringify([...world.state.containers.values()])).toBe(before);
  expect(world.state.records).toHaveLength(records);
  return error;
}

it.each(["base", "blue", "green"] as const)(
  "a first deployment is refused where others have the name of %s",
  async (place) => {
    const scenario = aScenario();
    scenario.world.state.foreign = [inPlace(place)];
    expect(await refusal(scenario, () => scenario.deploy("v1"))).toMatchObject({
      code: "PREFLIGHT_FAILED",
      exitCode: 10,
      message: expect.stringContaining("container somebody-elses"),
      hint: expect.stringContaining("--project-name"),
    });
    scenario.world.state.foreign = [inPlace("rehearsal")];
    expect(await scenario.deploy("v1")).toMatchObject({ outcome: "live" });
  },
);

it("a later deployment is refused for its own slot only, and going back to what is warm never", async () => {
  const scenario = aScenario();
  const { state } = scenario.world;
  await scenario.deploy("v1");
  await scenario.deploy("v2");
  state.foreign = [inPlace("blue")];
  expect(await refusal(scenario, () => scenario.deploy("v3"))).toMatchObject({ code: "PREFLIGHT_FAILED" });
  expect(await scenario.rollback()).toMatchObject({ outcome: "live" });
  expect(reached(scenario)).toEqual({ web: ["v1"] });
  expect(await scenario.deploy("v3")).toMatchObject({ outcome: "live", serving: { tag: "v3", slot: "green" } });
});

it("going back to what must be made again is refused where others have the name of its slot", async () => {
  const scenario = aScenario();
  for (const tag of ["v1", "v2", "v3"]) await scenario.deploy(tag);
  scenario.world.state.foreign = [inPlace("green")];
  expect(await refusal(scenario, () => scenario.rollback("v1"))).toMatchObject({ code: "PREFLIGHT_FAILED" });
  expect(reached(scenario)).toEqual({ web: ["v3"] });
});

it("a first deployment is told of what runs from the same files under another name, and made all the same", async () => {
  const scenario = aScenario();
  scenario.world.state.sameFiles = [{ project: "shop-old", containers: ["shop-old-web-1"] }];
  expect(await scenario.deploy("v1")).toMatchObject({ outcome: "live" });
  expect(scenario.world.events).toContainEqual(
    expect.objectContaining({ finding: expect.objectContaining({ code: "same-files-elsewhere" }) }),
  );
});
