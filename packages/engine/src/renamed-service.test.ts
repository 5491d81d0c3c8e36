import { aConfig, aService } from "@sluice/testing";
import { describe, expect, it } from "vitest";
import { killEverywhere, problemsOf, serves } from "../test/support/enumerate.ts";
import { aScenario, reached, type Scenario, shopServices } from "../test/support/scenario.ts";

/** As the shop, but what was called `web` is called `front`, behind the same published port. */
const renamed = shopServices.map((service) => (service.name === "web" ? aService("front") : service));
const config = aConfig({ rollout: { steps: [{ share: 50, for: "1s" }, 100] } });

async function afterFirst(): Promise<Scenario> {
  const scenario = aScenario({ config });
  await scenario.deploy("v1");
  scenario.world.restart();
  return scenario;
}

describe("a release that renames a web service", () => {
  it("gives the port to the new door at the cutover, and all users at once", async () => {
    const scenario = await afterFirst();
    expect(await scenario.deploy("v2", { services: renamed })).toMatchObject({ outcome: "live", exitCode: 0 });
    // What is still warm of the version before has users no more, nor a name that they could use.
    expect(reached(scenario)).toEqual({ front: ["v2"], web: ["none"] });
    const steps = scenario.world.events.flatMap((event) => (event.type === "step-end" ? [event.step] : []));
    expect(steps.slice(steps.lastIndexOf("build-1"))).toEqual([
      "build-1",
      "networks-1",
      "create-1",
      "job-1",
      "start-1",
      "preview-door-1",
      "verify-1",
      "door-1",
      "shift-1",
      "workers-1",
      "drain-1",
      "promote-1",
    ]);
    expect(await problemsOf(scenario)).toEqual([]);
    expect(await scenario.deploy("v3", { services: renamed })).toMatchObject({ outcome: "live" });
    expect(reached(scenario)).toEqual({ front: ["v3"] });
    expect(await problemsOf(scenario)).toEqual([]);
  });

  it.each([
    ["is not healthy", { unhealthy: ["front"] }, "failed"],
    ["has a worker that does not start", { exits: ["worker"] }, "rolled-back"],
  ] as const)(
    "leaves the version before serving under its old name where it %s",
    async (_title, behaviour, outcome) => {
      const scenario = await afterFirst();
      scenario.world.behaviours.set("v2", behaviour);
      expect(await scenario.deploy("v2", { services: renamed })).toMatchObject({ outcome, serving: { tag: "v1" } });
      expect(reached(scenario)).toEqual({ web: ["v1"] });
      expect(await problemsOf(scenario)).toEqual([]);
    },
  );

  it("has a way back, whichever compose file is there", async () => {
    for (const services of [shopServices, renamed]) {
      const scenario = await afterFirst();
      await scenario.deploy("v2", { services: renamed });
      scenario.world.restart();
      expect(await scenario.rollback(undefined, { services })).toMatchObject({
        outcome: "live",
        serving: { tag: "v1" },
      });
      expect(reached(scenario)).toEqual({ web: ["v1"], front: ["none"] });
      expect(await problemsOf(scenario)).toEqual([]);
    }
  });

  it("may be killed before every effect", async () => {
    const { kills, broken } = await killEverywhere({
      given: afterFirst,
      when: (scenario) => scenario.deploy("v2", { services: renamed }),
      next: (scenario) => scenario.deploy("v2", { services: renamed }),
      holds: (scenario) => serves(scenario, "v2"),
    });
    expect(broken).toEqual([]);
    expect(kills).toBeGreaterThan(50);
  });
});
