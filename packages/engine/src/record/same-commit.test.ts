import { aConfig, aProject, aRequest, aService } from "@sluice/testing";
import { describe, expect, it } from "vitest";
import { aScenario, type Scenario, shopServices } from "../../test/support/scenario.ts";
import { provideRelease } from "../prepare/build-release.ts";

const builds = ({ world }: Scenario) => world.calls.log.filter((name) => name.startsWith("images.build"));
const services = [...shopServices, aService("mailer", { role: "worker", builds: false })];
const request = { commit: "commit-of-v1" };
/** Its model is another, and no image of it. */
const otherwise = services.map((one) => (one.role === "data" ? { ...one, networks: ["back"] } : one));

describe("a release of a commit that is stored with another model", () => {
  it("has the images of the one that is stored where they would be the same", async () => {
    const scenario = aScenario({ services });
    await scenario.deploy("v1");
    await scenario.deploy("v1b", { request, services: otherwise });
    expect(builds(scenario)).toEqual(["images.build v1"]);
    expect(JSON.stringify(scenario.world.state.records)).toContain("the images of v1 are used: same commit");
  });

  it("has its own where one of them would be another", async () => {
    const scenario = aScenario({ services });
    await scenario.deploy("v1");
    const images = { mailer: "mailer:2" };
    expect(await scenario.deploy("v1b", { request, images })).toMatchObject({ outcome: "live" });
    expect(builds(scenario)).toEqual(["images.build v1", "images.build v1b"]);
    const project = aProject({ services: otherwise, images });
    const wanted = { project, release: aRequest("v1c", request), config: aConfig() };
    const provided = await provideRelease(scenario.world.ports(), wanted);
    expect(provided.bundle.images["web"]).toBe("sha256:web-v1b");
  });

  it("never has those of what was built with changes that the commit does not have", async () => {
    const scenario = aScenario({ services });
    await scenario.deploy("v1", { request: { dirty: true } });
    expect([...scenario.world.state.bundles.values()]).toMatchObject([
      { bundle: { commit: "commit-of-v1", dirty: true } },
    ]);
    const record = JSON.stringify(scenario.world.state.records);
    expect(record).toContain("the checkout holds uncommitted changes");
    expect(record).toContain("checkout-dirty");
    await scenario.deploy("v1", { request });
    expect(builds(scenario)).toEqual(["images.build v1", "images.build v1"]);
    expect([...scenario.world.state.bundles.values()].map(({ bundle }) => bundle.dirty)).toEqual([true, undefined]);
  });

  it("never has those of one that failed", async () => {
    const scenario = aScenario({ services });
    scenario.world.behaviours.set("v1", { unhealthy: ["web"] });
    expect(await scenario.deploy("v1")).toMatchObject({ outcome: "failed" });
    scenario.world.restart();
    expect(await scenario.deploy("v1b", { request, services: otherwise })).toMatchObject({ outcome: "live" });
    expect(builds(scenario)).toContain("images.build v1b");
  });
});
