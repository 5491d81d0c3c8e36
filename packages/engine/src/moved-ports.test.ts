import { aConfig, aService } from "@sluice/testing";
import { describe, expect, it } from "vitest";
import { killEverywhere, problemsOf, serves } from "../test/support/enumerate.ts";
import { aScenario, reached, type Scenario, shopServices } from "../test/support/scenario.ts";

const moved = shopServices.map((service) =>
  service.name === "web"
    ? aService("web", { port: 4000, ports: [{ published: 8080, target: 4000, protocol: "tcp" }] })
    : service,
);
const config = aConfig({ rollout: { steps: [{ share: 50, for: "1s" }, 100] } });

async function afterFirst(): Promise<Scenario> {
  const scenario = aScenario({ config });
  await scenario.deploy("v1");
  scenario.world.restart();
  return scenario;
}

describe("a release that listens on other ports", () => {
  it("has all users at once, through a door of its own", async () => {
    const scenario = await afterFirst();
    expect(await scenario.deploy("v2", { services: moved })).toMatchObject({ outcome: "live", exitCode: 0 });
    expect(reached(scenario)).toEqual({ web: ["v2"] });
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
    // The next one is an ordinary deployment again.
    expect(await scenario.deploy("v3", { services: moved })).toMatchObject({ outcome: "live" });
    expect(reached(scenario)).toEqual({ web: ["v3"] });
    expect(await problemsOf(scenario)).toEqual([]);
  });

  it.each([
    ["is not healthy", { unhealthy: ["web"] }, "failed"],
    ["has a worker that does not start", { exits: ["worker"] }, "rolled-back"],
  ] as const)("leaves the version before serving where it %s", async (_title, behaviour, outcome) => {
    const scenario = await afterFirst();
    scenario.world.behaviours.set("v2", behaviour);
    expect(await scenario.deploy("v2", { services: moved })).toMatchObject({ outcome, serving: { tag: "v1" } });
    expect(reached(scenario)).toEqual({ web: ["v1"] });
    expect(await problemsOf(scenario)).toEqual([]);
  });

  it("has a way back, whichever compose file is there", async () => {
    for (const services of [shopServices, moved]) {
      const scenario = await afterFirst();
      await scenario.deploy("v2", { services: moved });
      scenario.world.restart();
      expect(await scenario.rollback(undefined, { services })).toMatchObject({
        outcome: "live",
        serving: { tag: "v1" },
      });
      expect(reached(scenario)).toEqual({ web: ["v1"] });
      expect(await problemsOf(scenario)).toEqual([]);
    }
  });

  it("may be killed before every effect", async () => {
    const { kills, broken } = await killEverywhere({
      given: afterFirst,
      when: (scenario) => scenario.deploy("v2", { services: moved }),
      next: (scenario) => scenario.deploy("v2", { services: moved }),
      holds: (scenario) => serves(scenario, "v2"),
    });
    expect(broken).toEqual([]);
    expect(kills).toBeGreaterThan(50);
  });
});
