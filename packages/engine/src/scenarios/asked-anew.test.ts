import { SluiceError } from "@sluice/core";
import { aConfig, aProject, aRequest, aService, nothingSeen } from "@sluice/testing";
import { describe, expect, it } from "vitest";
import { problemsOf } from "../../test/support/enumerate.ts";
import { aScenario, type RunParts, reached, type Scenario } from "../../test/support/scenario.ts";
import { prepareDeploy } from "../index.ts";
import { provideRelease } from "../prepare/build-release.ts";

const services = [
  aService("web", { builds: false }),
  aService("worker", { role: "worker", builds: false }),
  aService("db", { role: "data" }),
];
const asked: RunParts = { services, pullPolicies: { web: "always" } };
const request = { commit: "commit-of-v1" };
const webOf = ({ world }: Scenario) =>
  new Set([...world.state.bundles.values()].map(({ bundle }) => bundle.images["web"]));
const inSlots = ({ world }: Scenario) => [...world.state.containers.values()].map(({ imageId }) => imageId);
const pulls = ({ world }: Scenario) => world.calls.log.filter((name) => name.startsWith("images.pull"));
const publish = ({ world }: Scenario) => world.state.registry.set("web:1", "moved");

/** What a plan of v1 is asked for. */
const wantedOf = ({ world }: Scenario, parts: RunParts) => ({
  stack: world.state.stack,
  homeId: "home",
  config: aConfig(),
  previewSecret: "",
  project: aProject(parts),
  actor: "",
  reason: "",
  release: aRequest("v1"),
});

async function afterFirst(): Promise<Scenario> {
  const scenario = aScenario(asked);
  await scenario.deploy("v1", asked);
  scenario.world.restart();
  return scenario;
}

describe("an image that pull_policy asks for each time", () => {
  it("makes another release of the same commit where the registry has another one by now", async () => {
    const scenario = await afterFirst();
    publish(scenario);
    expect(await scenario.deploy("v1", asked)).toMatchObject({ outcome: "live" });
    expect(webOf(scenario)).toEqual(new Set(["sha256:web-moved", "sha256:web-web:1"]));
    expect(inSlots(scenario)).toContain("sha256:web-moved");
    expect(await problemsOf(scenario)).toEqual([]);
  });

  it("is not taken from a release of the same commit with another model, either", async () => {
    const scenario = await afterFirst();
    publish(scenario);
    await scenario.deploy("v1b", { ...asked, request, environment: { web: { A: "b" } } });
    expect(webOf(scenario)).toEqual(new Set(["sha256:web-moved", "sha256:web-web:1"]));
  });

  it("leaves nothing to do where it is the same", async () => {
    const scenario = await afterFirst();
    const result = await scenario.deploy("v1", asked);
    expect(result).toMatchObject({ outcome: "nothing-to-do" });
    expect(pulls(scenario)).toEqual(["images.pull web"]);
    expect(webOf(scenario)).toEqual(new Set(["sha256:web-web:1"]));
  });

  it("brings back the release that had it where it is an earlier one again", async () => {
    const scenario = await afterFirst();
    publish(scenario);
    await scenario.deploy("v1", asked);
    scenario.world.restart();
    scenario.world.state.registry.clear();
    await scenario.deploy("v1", asked);
    expect(scenario.world.calls.log).not.toContainEqual(expect.stringMatching(/^images\.build/));
    expect(scenario.world.state.bundles.size).toBe(2);
  });

  it("is no longer that of the release that failed", async () => {
    const scenario = await afterFirst();
    publish(scenario);
    scenario.world.behaviours.set("v2", { unhealthy: ["web"] });
    expect(await scenario.deploy("v2", asked)).toMatchObject({ outcome: "failed" });
    scenario.world.restart();
    scenario.world.state.registry.set("web:1", "mended");
    scenario.world.behaviours.clear();
    expect(await scenario.deploy("v2", asked)).toMatchObject({ outcome: "live" });
  });

  it("keeps no plan from being made where each that is stored failed: another one may be there", async () => {
    const scenario = await afterFirst();
    const { world } = scenario;
    publish(scenario);
    world.behaviours.set("v2", { unhealthy: ["web"] });
    expect(await scenario.deploy("v2", asked)).toMatchObject({ outcome: "failed" });
    world.restart();
    world.behaviours.clear();
    const wanted = { ...wantedOf(scenario, asked), release: aRequest("v2") };
    const { plan, source, findings } = await prepareDeploy(wanted, world.ports());
    expect(plan.steps.map(({ kind }) => kind)).toContain("shift");
    expect(source).not.toBeNull();
    expect(findings).toContainEqual(
      expect.objectContaining({
        code: "image-asked-anew",
        message: expect.stringMatching(/where it is that of v2 still, which failed on \S+, it is refused$/),
      }),
    );
    await expect(scenario.deploy("v2", asked)).rejects.toMatchObject({ code: "RELEASE_BROKEN" });
    const again = await prepareDeploy({ ...wanted, retry: true }, world.ports());
    expect(again.source).toBeNull();
    world.state.registry.set("web:1", "mended");
    expect(await scenario.deploy("v2", asked)).toMatchObject({ outcome: "live" });
  });

  it("refuses the deployment where it cannot be pulled, and not the way back", async () => {
    const scenario = await afterFirst();
    publish(scenario);
    await scenario.deploy("v2", asked);
    scenario.world.restart();
    scenario.world.calls.fault = ({ name }) =>
      name.startsWith("images.pull") ? new SluiceError("IMAGE_MISSING", "no registry") : undefined;
    await expect(scenario.deploy("v2", asked)).rejects.toMatchObject({ code: "IMAGE_MISSING" });
    expect(await scenario.rollback("v1", asked)).toMatchObject({ outcome: "live" });
    expect(reached(scenario)).toEqual({ web: ["v1"] });
  });

  it("is not waited for without an end", async () => {
    const scenario = await afterFirst();
    scenario.world.calls.fault = ({ name }) => (name.startsWith("images.pull") ? "hang" : undefined);
    await expect(scenario.deploy("v1", asked)).rejects.toMatchObject({
      code: "IMAGE_MISSING",
      message: expect.stringContaining("within 30 min: web"),
    });
  });

  it.each([
    ["the very commit", "v1", {}],
    ["another model of it", "v1b", { request, environment: { web: { A: "b" } } }],
  ])("is that of all that name it in a release of %s", async (_what, tag, parts) => {
    const migrate = aService("migrate", { role: "job", builds: false });
    const images = { web: "app:1", worker: "app:1", migrate: "app:1" };
    const sharing: RunParts = { ...asked, services: [...services, migrate], images };
    const scenario = aScenario(sharing);
    await scenario.deploy("v1", sharing);
    scenario.world.restart();
    scenario.world.state.registry.set("app:1", "moved");
    await scenario.deploy(tag, { ...sharing, ...parts });
    const now = [...scenario.world.state.bundles.values()].map(({ bundle }) => bundle.images);
    const moved = "sha256:app-moved";
    expect(now.at(-1)).toMatchObject({ web: moved, worker: moved, migrate: moved, db: "sha256:db-db:1" });
    expect(now).toHaveLength(2);
    expect(pulls(scenario)).toEqual(["images.pull web"]);
    scenario.world.restart();
    expect(await scenario.deploy(tag, { ...sharing, ...parts })).toMatchObject({ outcome: "nothing-to-do" });
    expect(await problemsOf(scenario)).toEqual([]);
  });

  it("is not pulled for a plan, which says that a deployment asks", async () => {
    const scenario = await afterFirst();
    const wanted = wantedOf(scenario, asked);
    const { plan, findings } = await prepareDeploy(wanted, scenario.world.ports());
    expect(plan.steps).toEqual([]);
    expect(findings).toContainEqual(
      expect.objectContaining({ severity: "info", code: "image-asked-anew", message: expect.stringContaining("web") }),
    );
    expect(pulls(scenario)).toEqual([]);
    publish(scenario);
    const provided = await provideRelease(scenario.world.ports(), wanted);
    expect(provided.bundle.images["web"]).toBe("sha256:web-moved");
  });
});

describe("an image of a registry beside what the commit builds", () => {
  const beside = [
    aService("web"),
    aService("proxy", { role: "worker", builds: false }),
    aService("db", { role: "data" }),
  ];
  const daily: RunParts = { services: beside, pullPolicies: { proxy: "daily" } };
  const builds = ({ world }: Scenario) => world.calls.log.filter((name) => name.startsWith("images.build"));

  async function afterV1(config = aConfig()): Promise<Scenario> {
    const scenario = aScenario({ config });
    await scenario.deploy("v1", daily);
    scenario.world.restart();
    return scenario;
  }

  it.each([
    ["the very commit", "v1", {}],
    ["another model of it", "v1b", { request, environment: { web: { A: "b" } } }],
  ])("moves without a build of %s", async (_what, tag, parts) => {
    const scenario = await afterV1();
    scenario.world.state.registry.set("proxy:1", "moved");
    expect(await scenario.deploy(tag, { ...daily, ...parts })).toMatchObject({ outcome: "live" });
    expect(builds(scenario)).toEqual([]);
    expect(webOf(scenario)).toEqual(new Set(["sha256:web-v1"]));
    expect(inSlots(scenario)).toEqual(expect.arrayContaining(["sha256:web-v1", "sha256:proxy-moved"]));
    expect(await problemsOf(scenario)).toEqual([]);
  });

  it("moves with a build where what the commit built is gone", async () => {
    const scenario = await afterV1();
    const { state } = scenario.world;
    state.registry.set("proxy:1", "moved");
    state.images.delete("sha256:web-v1");
    await scenario.deploy("v1", daily);
    expect(builds(scenario)).toEqual(["images.build v1"]);
  });

  it("mends no commit that failed", async () => {
    const scenario = await afterV1();
    const { world } = scenario;
    world.behaviours.set("v2", { unhealthy: ["web"] });
    expect(await scenario.deploy("v2", daily)).toMatchObject({ outcome: "failed" });
    world.restart();
    world.state.registry.set("proxy:1", "moved");
    await expect(scenario.deploy("v2", daily)).rejects.toMatchObject({ code: "RELEASE_BROKEN" });
    world.behaviours.clear();
    expect(await scenario.deploy("v2", { ...daily, retry: true })).toMatchObject({ outcome: "live" });
  });

  it("refuses no commit that serves for another image that failed beside it, and is mended by now", async () => {
    const scenario = await afterV1();
    const { world } = scenario;
    world.state.registry.set("proxy:1", "bad");
    world.behaviours.set("again", { unhealthy: ["proxy"] });
    expect(await scenario.deploy("again", { ...daily, request })).toMatchObject({ outcome: "rolled-back" });
    world.restart();
    world.behaviours.clear();
    await expect(scenario.deploy("v1", daily)).rejects.toMatchObject({ code: "RELEASE_BROKEN" });
    world.state.registry.set("proxy:1", "mended");
    const { plan, findings } = await prepareDeploy(wantedOf(scenario, daily), world.ports());
    expect(plan.steps).toEqual([]);
    expect(findings).toContainEqual(expect.objectContaining({ code: "image-asked-anew" }));
    expect(await scenario.deploy("v1", daily)).toMatchObject({ outcome: "live" });
    expect(inSlots(scenario)).toEqual(expect.arrayContaining(["sha256:web-v1", "sha256:proxy-mended"]));
    expect(await problemsOf(scenario)).toEqual([]);
  });

  it("makes no commit run on data on which it was seen to fail", async () => {
    const scenario = await afterV1(aConfig({ database: { service: "db", rehearsal: "warn" } }));
    const { world } = scenario;
    world.state.rehearsal = {
      verdict: "block",
      previous: { result: "fail", why: "status 500" },
      findings: [],
      backup: "backup-1",
      seen: nothingSeen,
    };
    const migrating = { ...daily, services: [...beside, aService("migrate", { role: "job" })] };
    expect(await scenario.deploy("v2", migrating)).toMatchObject({ outcome: "live" });
    world.restart();
    world.state.registry.set("proxy:1", "moved");
    await expect(scenario.deploy("v1", daily)).rejects.toMatchObject({ code: "DATA_INCOMPATIBLE" });
    const accepted = { ...daily, acceptIncompatible: true };
    expect(await scenario.deploy("v1", accepted)).toMatchObject({ outcome: "live" });
  });
});
