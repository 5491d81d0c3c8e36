import { SluiceError, type WorkersStep } from "@sluice/core";
import { aService } from "@sluice/testing";
import { describe, expect, it } from "vitest";
import { leaveAllDown, takeEngineAway } from "../../test/support/engine-away.ts";
import { aScenario, type Scenario } from "../../test/support/scenario.ts";
import { stoppedBy } from "../actions/workers.ts";

const web = aService("web");
const asWorker = [web, aService("api", { role: "worker" })];
const asWeb = [web, aService("api", { role: "web", ports: [], port: 4000 })];

/** Slots in which workers of a service run. */
function workingIn({ world }: Scenario, service: string): readonly (string | null)[] {
  return [...world.state.containers.values()].flatMap((one) =>
    one.service === service && one.facts.role === "worker" && one.state === "running" ? [one.place] : [],
  );
}

describe("a service that is a worker in one release and takes traffic in the other", () => {
  it("works no longer once the one in which it takes traffic is live", async () => {
    const scenario = aScenario();
    await scenario.deploy("v1", { services: asWorker });
    expect(workingIn(scenario, "api")).toEqual(["blue"]);
    expect(await scenario.deploy("v2", { services: asWeb })).toMatchObject({ outcome: "live" });
    expect(workingIn(scenario, "api")).toEqual([]);
    expect(await scenario.rollback()).toMatchObject({ outcome: "live", serving: { tag: "v1" } });
    expect(workingIn(scenario, "api")).toEqual(["blue"]);
  });

  it("works no longer once its release was gone back from", async () => {
    const scenario = aScenario();
    await scenario.deploy("v1", { services: asWeb });
    await scenario.deploy("v2", { services: asWorker });
    expect(workingIn(scenario, "api")).toEqual(["green"]);
    expect(await scenario.rollback()).toMatchObject({ outcome: "live", serving: { tag: "v1" } });
    expect(workingIn(scenario, "api")).toEqual([]);
  });

  it("works again where the one in which it takes traffic is taken back", async () => {
    const scenario = aScenario();
    await scenario.deploy("v1", { services: asWorker });
    const failed = new SluiceError("DOOR_FAILED", "no");
    let left = 1;
    scenario.world.calls.fault = ({ name }) =>
      name.startsWith("router.drain") && (left -= 1) >= 0 ? failed : undefined;
    expect(await scenario.deploy("v2", { services: asWeb })).toMatchObject({ outcome: "rolled-back" });
    expect(workingIn(scenario, "api")).toEqual(["blue"]);
  });
});

it("workers of a release that is not stored any more stay stopped after a restart of the engine", async () => {
  const scenario = aScenario();
  const { world } = scenario;
  await scenario.deploy("v1");
  world.restart();
  world.state.bundles.clear();
  const isPromoted = () => world.calls.log.includes("journal.append step-outcome promote-1");
  takeEngineAway(scenario, "observer.slotContainers", 3, { onReturn: () => leaveAllDown(scenario), from: isPromoted });
  expect(await scenario.deploy("v2")).toMatchObject({ outcome: "live" });
  expect(workingIn(scenario, "worker")).toEqual(["green"]);
});

it("a plan of before does not name them: all of the release before are meant", async () => {
  const scenario = aScenario();
  await scenario.deploy("v1");
  const [v1] = scenario.world.state.bundles.values();
  const step: Pick<WorkersStep, "stops"> = {};
  expect(stoppedBy(step, { previousRelease: v1 ?? null })).toEqual(["worker"]);
  expect(stoppedBy(step, { previousRelease: null })).toEqual([]);
});
