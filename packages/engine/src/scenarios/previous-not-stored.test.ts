import { type SluiceError as AnError, SluiceError } from "@sluice/core";
import { aConfig, aService } from "@sluice/testing";
import { describe, expect, it } from "vitest";
import { aScenario, reached, type Scenario, shopServices } from "../../test/support/scenario.ts";

const config = aConfig({ rollout: { steps: [{ share: 50, for: "1s" }, 100] } });
const elsewhere = aService("web", { port: 4000, ports: [{ published: 8080, target: 4000, protocol: "tcp" }] });
const moved = shopServices.map((service) => (service.name === "web" ? elsewhere : service));
const edge = aService("proxy", { role: "edge", ports: [{ published: 80, target: 80, protocol: "tcp" }] });

async function aStackWithV1(services = shopServices): Promise<Scenario> {
  const scenario = aScenario({ config, services });
  await scenario.deploy("v1");
  scenario.world.restart();
  scenario.world.violations.length = 0;
  return scenario;
}

function failWhere({ world }: Scenario, call: string, error: AnError | "crash"): void {
  world.calls.fault = ({ name }) => (name === call ? error : undefined);
}

describe("where the release that serves is not stored any more", () => {
  const lost = async () => {
    const scenario = await aStackWithV1();
    scenario.world.state.bundles.clear();
    return scenario;
  };

  it("a release that listens on other ports cuts over by its door, as nobody knows whether the old one leads to both", async () => {
    const { world, ...scenario } = await lost();
    expect(await scenario.deploy("v2", { services: moved })).toMatchObject({ outcome: "live" });
    expect(world.violations).toEqual([]);
    expect(reached({ world, ...scenario })).toEqual({ web: ["v2"] });
  });

  it("users stay with what failed after that cutover: there is no way back, and it serves", async () => {
    const scenario = await lost();
    scenario.world.behaviours.set("v2", { exits: ["worker"] });
    const result = await scenario.deploy("v2", { services: moved });
    expect(result).toMatchObject({ outcome: "needs-person", serving: { tag: "v2", share: 100 } });
    expect(result.reason).toContain("could not be undone: door door web");
    expect(scenario.world.violations).toEqual([]);
    expect(reached(scenario)).toEqual({ web: ["v2"] });
  });

  it("one that listens where it did is deployed and taken back as ever", async () => {
    const scenario = await lost();
    scenario.world.behaviours.set("v2", { exits: ["worker"] });
    expect(await scenario.deploy("v2")).toMatchObject({
      outcome: "rolled-back",
      serving: { slot: "blue", share: 100 },
    });
    expect(scenario.world.violations).toEqual([]);
  });
});

describe("where the release before cannot be read when a run that died is undone", () => {
  const died = async (services: typeof shopServices, before = shopServices) => {
    const scenario = await aStackWithV1(before);
    failWhere(scenario, "journal.append step-intent workers-1", "crash");
    await scenario.deploy("v2", { services, images: { proxy: "nginx:2" } }).catch(() => undefined);
    scenario.world.restart();
    return scenario;
  };
  const firstRelease = ({ world }: Scenario) => [...world.state.bundles.keys()][0] ?? "";

  it("and is gone for good, users are not taken from the candidate that a cutover by a new door has led them to", async () => {
    const scenario = await died(moved);
    failWhere(scenario, `bundles.load ${firstRelease(scenario)}`, new SluiceError("BUNDLE_INVALID", "broken"));
    const result = await scenario.recover("undo", { services: moved });
    expect(result).toMatchObject({ outcome: "needs-person", serving: { tag: "v2", share: 100 } });
    expect(reached(scenario)).toEqual({ web: ["v2"] });
    expect(scenario.world.violations).toEqual([]);
  });

  it("nothing is undone by halves: what keeps it from being read may pass", async () => {
    const services = [...shopServices, edge];
    const scenario = await died(services, services);
    failWhere(scenario, `bundles.load ${firstRelease(scenario)}`, new SluiceError("HOME_UNUSABLE", "EMFILE"));
    await expect(scenario.recover("undo", { services })).rejects.toMatchObject({ code: "HOME_UNUSABLE" });
    scenario.world.restart();
    expect(await scenario.recover("undo", { services })).toMatchObject({ serving: { tag: "v1", share: 100 } });
  });

  it.each([
    ["replaced", [...shopServices, edge]],
    ["removed", [...shopServices, { ...edge, name: "front-proxy" }]],
  ])(
    "and is gone for good, a person is told of a proxy that was %s and cannot be put back",
    async (_what, services) => {
      const scenario = await died(services, [...shopServices, edge]);
      failWhere(scenario, `bundles.load ${firstRelease(scenario)}`, new SluiceError("BUNDLE_INVALID", "broken"));
      const result = await scenario.recover("undo", { services });
      expect(result).toMatchObject({ outcome: "needs-person", serving: { tag: "v1", share: 100 } });
      expect(result?.reason).toMatch(/could not be undone: .*edge proxy/);
    },
  );
});
