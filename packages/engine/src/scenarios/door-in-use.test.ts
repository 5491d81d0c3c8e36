import { type ServiceFacts, SluiceError } from "@sluice/core";
import { aConfig, aService } from "@sluice/testing";
import { describe, expect, it } from "vitest";
import { aScenario, reached, type Scenario } from "../../test/support/scenario.ts";

const published = (port: number) => [{ published: port, target: 3000, protocol: "tcp" as const }];
const app = aService("app", { ports: [] });
const web = aService("web", { ports: published(80) });

/** A door gives its port on, each with the step by which it goes. */
const successors: readonly (readonly [string, ServiceFacts, string])[] = [
  ["another door", aService("front", { ports: published(80) }), "door-1"],
  ["the same service in base", { ...web, role: "support", strategy: "recreate" }, "close-1"],
  ["an edge", aService("proxy", { role: "edge", ports: published(80) }), "close-1"],
];

async function aStack(): Promise<Scenario> {
  const scenario = aScenario({ services: [app, web], config: aConfig({ rollout: { steps: [100] } }) });
  await scenario.deploy("v1");
  scenario.world.restart();
  return scenario;
}

/** What is done at the door of web, each with the milliseconds since the one before it. */
function watchDoor({ world }: Scenario): readonly string[] {
  const seen: string[] = [];
  let lastMs: number | undefined;
  world.calls.fault = ({ name }) => {
    if (!/^(?:router\.(?:setRouting|drain)|doors\.remove) (?:door )?web/.test(name)) return undefined;
    const nowMs = world.clock.monotonicMs();
    seen.push(`${name} +${nowMs - (lastMs ?? nowMs)}`);
    lastMs = nowMs;
    return undefined;
  };
  return seen;
}

describe.each(successors)("a door that gives its port to %s", (_title, successor, step) => {
  const after = { services: [app, successor] };

  it.each([
    ["waits for nothing where nothing is under way", 0, 0],
    ["lets what is under way end", 300, 300],
    ["lets nobody wait for the port for long", 60_000, 1_000],
  ])("%s", async (_what, slowDrainMs, waitedMs) => {
    const scenario = await aStack();
    scenario.world.slowDrainMs = slowDrainMs;
    const seen = watchDoor(scenario);
    expect(await scenario.deploy("v2", after)).toMatchObject({ outcome: "live" });
    expect(seen).toEqual([
      "router.setRouting door web +0",
      `router.drain door web at blue +${waitedMs}`,
      "doors.remove web +0",
    ]);
    expect(scenario.world.violations).toEqual([]);
  });

  it("goes also where it cannot be emptied", async () => {
    const scenario = await aStack();
    scenario.world.calls.fault = ({ name }) =>
      name === "router.setRouting door web" ? new SluiceError("DOOR_FAILED", "it does not answer") : undefined;
    expect(await scenario.deploy("v2", after)).toMatchObject({ outcome: "live" });
  });

  it.each([
    ["had gone with it was rolled back", "outcome", "rolled-back", 21],
    ["were there still has failed before that", "intent", "failed", 20],
  ])("and a release that fails when users %s", async (_what, record, outcome, exitCode) => {
    const scenario = await aStack();
    scenario.world.calls.fault = ({ name }) =>
      name === `journal.append step-${record} ${step}` ? new SluiceError("DISK_FULL", "no space left") : undefined;
    expect(await scenario.deploy("v2", after)).toMatchObject({ outcome, exitCode, serving: { tag: "v1" } });
    expect(reached(scenario)).toMatchObject({ web: ["v1"] });
    expect(scenario.world.violations).toEqual([]);
  });
});
