import { SluiceError } from "@sluice/core";
import { aConfig, aService } from "@sluice/testing";
import { describe, expect, it } from "vitest";
import { aScenario, reached, type Scenario, shopServices } from "../../test/support/scenario.ts";

/** What `docker stop` of the door does, right after the release was promoted. */
function stopsDoors({ world: { calls, state } }: Scenario): void {
  calls.fault = ({ name }) => (name === "journal.append step-outcome promote-1" ? stop : undefined);
  const stop = () => {
    for (const door of state.doors.values()) door.running = false;
  };
}

describe("a door that is down when every step was done", () => {
  it.each(["warm", "stopped", "removed"] as const)("runs again, the previous being %s", async (keep) => {
    const scenario = aScenario({ config: aConfig({ rollout: { keep, steps: [100] } }) });
    await scenario.deploy("v1");
    stopsDoors(scenario);
    expect(await scenario.deploy("v2")).toMatchObject({ outcome: "live", serving: { tag: "v2", share: 100 } });
    expect(reached(scenario)).toEqual({ web: ["v2"] });
  });

  it("runs again after a first deployment, and where its run was killed and is finished", async () => {
    const scenario = aScenario();
    stopsDoors(scenario);
    expect(await scenario.deploy("v1")).toMatchObject({ outcome: "live" });
    expect(reached(scenario)).toEqual({ web: ["v1"] });

    scenario.world.calls.fault = ({ name }) => (name === "journal.append deployment-end" ? "crash" : undefined);
    await scenario.deploy("v2").catch(() => undefined);
    scenario.world.restart();
    for (const door of scenario.world.state.doors.values()) door.running = false;
    expect(await scenario.recover("finish")).toMatchObject({ outcome: "live", serving: { tag: "v2" } });
    expect(reached(scenario)).toEqual({ web: ["v2"] });
  });

  it("and does not start is for a person to know", async () => {
    const scenario = aScenario();
    await scenario.deploy("v1");
    stopsDoors(scenario);
    const { fault } = scenario.world.calls;
    const cannot = new SluiceError("DOOR_FAILED", "door web cannot be started: port 8080 is taken");
    scenario.world.calls.fault = (call) => (call.name === "doors.ensure web: start" ? cannot : fault(call));
    const result = await scenario.deploy("v2");
    expect(result).toMatchObject({ outcome: "needs-person", exitCode: 30 });
    expect(result.reason).toContain("port 8080 is taken");
  });

  it("is left alone where it answers", async () => {
    const scenario = aScenario();
    await scenario.deploy("v1");
    scenario.world.restart();
    await scenario.deploy("v2");
    expect(scenario.world.calls.log.filter((name) => name.startsWith("doors.ensure"))).toEqual([]);
  });
});

it("a door that is down when a deployment has failed, and does not start, is named beside what it leads to", async () => {
  const services = [...shopServices, aService("api", { ports: [{ published: 8090, target: 3000, protocol: "tcp" }] })];
  const scenario = aScenario({ services });
  await scenario.deploy("v1");
  scenario.world.behaviours.set("v2", { exits: ["worker"] });
  const cannot = new SluiceError("DOOR_FAILED", "door web cannot be started: port 8080 is taken");
  scenario.world.calls.fault = ({ name }) => {
    if (name === "slots.start worker of green")
      for (const door of scenario.world.state.doors.values()) if (door.service === "web") door.running = false;
    return name === "doors.ensure web: start" ? cannot : undefined;
  };
  await scenario.deploy("v2");
  expect(scenario.world.events.at(-1)).toMatchObject({
    type: "deployment-end",
    serving: { tag: "v1", share: 100 },
    shut: ["web"],
  });
});
