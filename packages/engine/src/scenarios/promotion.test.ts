import { aConfig, aProject, aRequest, aService } from "@sluice/testing";
import { describe, expect, it } from "vitest";
import { aScenario, reached, type Scenario, shopServices } from "../../test/support/scenario.ts";
import { provideRelease } from "../prepare/build-release.ts";
import { provenHere } from "../prepare/proven-here.ts";

/** What another stack serves: the release that a scenario deployed last. */
function provenBy({ world }: Scenario) {
  const [release] = [...world.state.bundles.values()].slice(-1);
  if (!release) throw new Error("nothing was deployed");
  return { stack: "shop-staging", ...release };
}
const effects = ({ world }: Scenario) => world.calls.log.filter((name) => /^images\.(build|take)/.test(name));

describe("a promotion", () => {
  it("runs the very images that were proven elsewhere, and builds nothing", async () => {
    const staging = aScenario();
    await staging.deploy("v1");
    const proven = provenBy(staging);
    const production = aScenario();
    expect(await production.deploy("v1", { proven })).toMatchObject({ outcome: "live", serving: { tag: "v1" } });
    expect(effects(production)).toEqual(["images.take v1"]);
    expect(provenBy(production).bundle.images["web"]).toBe(proven.bundle.images["web"]);
    expect(reached(production)).toEqual({ web: ["v1"] });
    production.world.restart();
    expect(await production.deploy("v1", { proven })).toMatchObject({ outcome: "nothing-to-do" });
  });

  it("is another release than one that was built here from the same commit", async () => {
    const built = aService("web");
    const production = aScenario({ services: [built] });
    await production.deploy("v1");
    const own = provenBy(production);
    const proven = { ...own, stack: "shop-staging", bundle: { ...own.bundle, images: { web: "sha256:proven" } } };
    production.world.restart();
    expect(await production.deploy("v1", { proven })).toMatchObject({ outcome: "live" });
    expect(provenBy(production).bundle.images).toEqual({ web: "sha256:proven" });
  });

  it("is provided with those images for a rehearsal too, and its deployment finds it stored", async () => {
    const staging = aScenario();
    await staging.deploy("v1");
    const proven = provenBy(staging);
    const production = aScenario();
    const project = aProject({ services: shopServices });
    const wanted = { project, release: aRequest("v1"), config: aConfig(), proven };
    const provided = await provideRelease(production.world.ports(), wanted);
    expect(provided.bundle.images["web"]).toBe(proven.bundle.images["web"]);
    await production.deploy("v1", { proven });
    expect(effects(production)).toEqual(["images.take v1"]);
    const other = provideRelease(production.world.ports(), { ...wanted, release: aRequest("v2") });
    await expect(other).rejects.toMatchObject({ code: "RELEASE_REFUSED" });
  });

  it("is refused before any change where the commit is another", async () => {
    const staging = aScenario();
    await staging.deploy("v1");
    const production = aScenario();
    const refused = production.deploy("v2", { proven: provenBy(staging) });
    await expect(refused).rejects.toMatchObject({ code: "RELEASE_REFUSED", exitCode: 10 });
    expect(effects(production)).toEqual([]);
  });

  it("says in its plan and its record where the images come from", async () => {
    const staging = aScenario();
    await staging.deploy("v1");
    const production = aScenario();
    await production.deploy("v1", { proven: provenBy(staging) });
    const record = JSON.stringify(production.world.state.records);
    expect(record).toContain("the images that shop-staging has proven are used");
    expect(record).toContain('"imagesOf":"shop-staging"');
  });
});

describe("a release that was live here", () => {
  const wanted = (tag: string, commit = tag) => ({
    stack: "shop",
    project: aProject({ services: shopServices }),
    release: aRequest(tag, { commit: aRequest(commit).commit }),
  });

  it("is proven by that, whatever another stack serves meanwhile, and by another tag too", async () => {
    const production = aScenario();
    await production.deploy("v1");
    await production.deploy("v2");
    production.world.restart();
    const ports = production.world.ports();
    expect(await provenHere(wanted("v2"), ports)).toMatchObject({ stack: "shop", bundle: { tag: "v2" } });
    const proven = await provenHere(wanted("v1-rollback.1", "v1"), ports);
    expect(proven).toMatchObject({ stack: "shop", bundle: { tag: "v1" } });
    const request = { commit: aRequest("v1").commit };
    const back = production.deploy("v1-rollback.1", { proven: proven ?? undefined, request });
    expect(await back).toMatchObject({ outcome: "live", serving: { tag: "v1" } });
    expect(reached(production)).toEqual({ web: ["v1"] });
    expect(effects(production)).toEqual([]);
  });

  it("is proven by what serves where the record of it is lost", async () => {
    const production = aScenario();
    await production.deploy("v1");
    production.world.restart();
    production.world.state.records.length = 0;
    expect(await provenHere(wanted("v1"), production.world.ports())).toMatchObject({ bundle: { tag: "v1" } });
  });

  it("is not where it failed before it was live, its images are gone, or the commit, the model or the tree is another", async () => {
    const production = aScenario();
    await production.deploy("v1");
    production.world.behaviours.set("v2", { exits: ["web"] });
    expect(await production.deploy("v2")).toMatchObject({ outcome: "failed" });
    production.world.restart();
    const ports = production.world.ports();
    const of = wanted("v1");
    expect(await provenHere(wanted("v3"), ports)).toBeNull();
    expect(await provenHere(wanted("v2"), ports)).toBeNull();
    expect(await provenHere({ ...of, release: { ...of.release, dirty: true } }, ports)).toBeNull();
    expect(await provenHere({ ...of, project: { ...of.project, modelHash: "other" } }, ports)).toBeNull();
    production.world.state.images.clear();
    expect(await provenHere(of, ports)).toBeNull();
  });
});
