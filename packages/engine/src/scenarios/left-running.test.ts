import { aConfig } from "@sluice/testing";
import { expect, it } from "vitest";
import { killEverywhere, serves } from "../../test/support/enumerate.ts";
import { aScenario, reached, type Scenario } from "../../test/support/scenario.ts";

const config = aConfig({ rollout: { keep: "stopped" } });

/** What a retire could not stop: v2 serves, and the web service of v1 runs on. */
async function withLeft(): Promise<Scenario> {
  const scenario = aScenario({ config });
  for (const tag of ["v1", "v2"]) await scenario.deploy(tag);
  for (const container of inSlot(scenario, "blue", "web")) container.state = "running";
  return scenario;
}

const inSlot = ({ world }: Scenario, slot: string, wanted: string) =>
  [...world.state.containers.values()].filter(({ place, service }) => place === slot && service === wanted);

const states = (scenario: Scenario, slot: string) => inSlot(scenario, slot, "web").map(({ state }) => state);

it("what was left running is stopped by a rollback to what serves", async () => {
  const scenario = await withLeft();
  expect(await scenario.rollback("v2")).toMatchObject({ outcome: "live", serving: { tag: "v2" } });
  expect(states(scenario, "blue")).toEqual(["exited"]);
  expect(reached(scenario)).toEqual({ web: ["v2"] });
});

it("a rollback without a name leaves what serves, wherever one to what serves was killed", async () => {
  const { kills, broken } = await killEverywhere({
    given: withLeft,
    when: (scenario) => scenario.rollback("v2"),
    next: (scenario) => scenario.rollback(),
    holds: (scenario) => serves(scenario, "v1"),
  });
  expect(broken).toEqual([]);
  expect(kills).toBeGreaterThan(4);
});

it.each([
  ["deployed once more", (scenario: Scenario) => scenario.deploy("v2")],
  ["gone back to", (scenario: Scenario) => scenario.rollback("v2")],
])(
  "is what users can be led to until what serves is up again, %s: nothing of it is stopped before",
  async (_how, mend) => {
    const scenario = await withLeft();
    for (const container of inSlot(scenario, "green", "web")) container.state = "exited";
    scenario.world.behaviours.set("v2", { exits: ["web"] });
    expect(await mend(scenario)).toMatchObject({ outcome: "failed" });
    expect(states(scenario, "blue")).toEqual(["running"]);
    scenario.world.restart();
    scenario.world.behaviours.delete("v2");
    expect(await mend(scenario)).toMatchObject({ exitCode: 0, serving: { tag: "v2" } });
    expect([states(scenario, "green"), states(scenario, "blue")]).toEqual([["running"], ["exited"]]);
  },
);

it("a change of route back leaves nothing running that is not to be kept warm, wherever it was killed", async () => {
  const given = async () => {
    const scenario = aScenario({ config: aConfig() });
    for (const tag of ["v1", "v2"]) await scenario.deploy(tag);
    return scenario;
  };
  const { kills, broken } = await killEverywhere({
    given,
    when: (scenario) => scenario.rollback(undefined, { config }),
    next: (scenario) => scenario.rollback("v1", { config }),
    holds: (scenario) => [
      ...serves(scenario, "v1"),
      ...states(scenario, "green").flatMap((state) => (state === "running" ? ["web of v2 runs on"] : [])),
    ],
  });
  expect(broken).toEqual([]);
  expect(kills).toBeGreaterThan(20);
});
