import { aProject } from "@sluice/testing";
import { describe, expect, it } from "vitest";
import { aScenario, type Scenario, shopServices } from "../../test/support/scenario.ts";
import { coldWayBack } from "./cold-way-back.ts";

async function toldOf({ world }: Scenario) {
  const project = aProject({ services: shopServices });
  const ports = world.ports();
  return coldWayBack(await ports.observer.observe(project), await ports.bundles.list(), { ports, project });
}

async function afterTwo(): Promise<Scenario> {
  const scenario = aScenario();
  for (const tag of ["v1", "v2"]) await scenario.deploy(tag);
  return scenario;
}

const inIdle = ({ world }: Scenario, service: string) =>
  [...world.state.containers].filter(([, one]) => one.place === "blue" && one.service === service);

describe("what runs in the slot of the release before", () => {
  it("is a way back that nothing is told of while all of it is there", async () => {
    expect(await toldOf(await afterTwo())).toBeNull();
  });

  it.each(["web", "worker"])("is told to be none by a change of route where %s lacks a network", async (service) => {
    const scenario = await afterTwo();
    for (const [, one] of inIdle(scenario, service)) one.cutOffFrom = ["shop-blue_jobs"];
    expect(await toldOf(scenario)).toMatchObject({
      severity: "warn",
      code: "way-back-cold",
      message: expect.stringMatching(
        /^going back to v1 is no change of route any more: \S+ is cut off from shop-blue_jobs$/,
      ) as string,
      hint: expect.stringContaining("sluice rollback makes its containers anew") as string,
    });
    expect(await scenario.rollback()).toMatchObject({ outcome: "live", serving: { tag: "v1" } });
  });

  it("is told to be none where a container of it is gone", async () => {
    const scenario = await afterTwo();
    for (const [id] of inIdle(scenario, "worker")) scenario.world.state.containers.delete(id);
    expect((await toldOf(scenario))?.message).toMatch(/: worker has 0 of 1 containers$/);
  });

  it("is none that anybody takes for warm where nothing of it runs", async () => {
    const scenario = await afterTwo();
    for (const service of ["web", "worker"]) for (const [, one] of inIdle(scenario, service)) one.state = "exited";
    expect(await toldOf(scenario)).toBeNull();
  });
});
