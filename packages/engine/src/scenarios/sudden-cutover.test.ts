import { aConfig, aService } from "@sluice/testing";
import { describe, expect, it } from "vitest";
import { killEverywhere, problemsOf, serves } from "../../test/support/enumerate.ts";
import { aScenario, reached, type Scenario, shopServices } from "../../test/support/scenario.ts";

/** Releases whose users change over at once, as no door can be there for both versions. */
const changes = [
  {
    title: "listens on other ports",
    web: aService("web", { port: 4000, ports: [{ published: 8080, target: 4000, protocol: "tcp" }] }),
    // By service: who reaches what when it is live, and after the way back.
    live: { web: ["v2"] },
    next: { web: ["v3"] },
    back: { web: ["v1"] },
  },
  {
    title: "renames a web service, and keeps its published port",
    web: aService("front"),
    // What is still warm of the other version has users no more, nor a name that they could use.
    live: { front: ["v2"], web: ["none"] },
    next: { front: ["v3"] },
    back: { web: ["v1"], front: ["none"] },
  },
] as const;

const config = aConfig({ rollout: { steps: [{ share: 50, for: "1s" }, 100] } });

async function afterFirst(): Promise<Scenario> {
  const scenario = aScenario({ config });
  await scenario.deploy("v1");
  scenario.world.restart();
  return scenario;
}

describe.each(changes)("a release that $title", ({ web, live, next, back }) => {
  const changed = shopServices.map((service) => (service.name === "web" ? web : service));

  it("has all users at once, through a door of its own", async () => {
    const scenario = await afterFirst();
    expect(await scenario.deploy("v2", { services: changed })).toMatchObject({ outcome: "live", exitCode: 0 });
    expect(reached(scenario)).toEqual(live);
    const steps = scenario.world.events.flatMap((event) => (event.type === "step-end" ? [event.step] : []));
    expect(steps.slice(steps.lastIndexOf("build-1"))).toEqual([
      "build-1",
      "networks-1",
      "job-1",
      "start-1",
      "preview-door-1",
      "verify-1",
      "door-1",
      "shift-1",
      "workers-1",
      "drain-1",
      "promote-1",
      "retire-1",
    ]);
    expect(await problemsOf(scenario)).toEqual([]);
    // The next one is an ordinary deployment again.
    expect(await scenario.deploy("v3", { services: changed })).toMatchObject({ outcome: "live" });
    expect(reached(scenario)).toEqual(next);
    expect(await problemsOf(scenario)).toEqual([]);
  });

  it.each([
    ["is not healthy", { unhealthy: [web.name] }, "failed"],
    ["has a worker that does not start", { exits: ["worker"] }, "rolled-back"],
  ] as const)("leaves the version before serving, under its name, where it %s", async (_title, behaviour, outcome) => {
    const scenario = await afterFirst();
    scenario.world.behaviours.set("v2", behaviour);
    expect(await scenario.deploy("v2", { services: changed })).toMatchObject({ outcome, serving: { tag: "v1" } });
    expect(reached(scenario)).toEqual({ web: ["v1"] });
    expect(await problemsOf(scenario)).toEqual([]);
  });

  it("has a way back, whichever compose file is there", async () => {
    for (const services of [shopServices, changed]) {
      const scenario = await afterFirst();
      await scenario.deploy("v2", { services: changed });
      scenario.world.restart();
      expect(await scenario.rollback(undefined, { services })).toMatchObject({
        outcome: "live",
        serving: { tag: "v1" },
      });
      expect(reached(scenario)).toEqual(back);
      expect(await problemsOf(scenario)).toEqual([]);
    }
  });

  it("is finished where it was killed between its preview and its checks", async () => {
    const scenario = await afterFirst();
    scenario.world.calls.fault = ({ name }) => (name === "journal.append step-intent verify-1" ? "crash" : undefined);
    await scenario.deploy("v2", { services: changed }).catch(() => undefined);
    scenario.world.restart();
    expect(await scenario.recover("finish", { services: changed })).toMatchObject({ outcome: "live" });
    expect(reached(scenario)).toEqual(live);
    expect(await problemsOf(scenario)).toEqual([]);
  });

  it("may be killed before every effect", async () => {
    const { kills, broken } = await killEverywhere({
      given: afterFirst,
      when: (scenario) => scenario.deploy("v2", { services: changed }),
      next: (scenario) => scenario.deploy("v2", { services: changed }),
      holds: (scenario) => serves(scenario, "v2"),
    });
    expect(broken).toEqual([]);
    expect(kills).toBeGreaterThan(50);
  });
});
