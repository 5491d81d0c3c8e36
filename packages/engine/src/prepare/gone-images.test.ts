import { aConfig, aProject, aService } from "@sluice/testing";
import { expect, it } from "vitest";
import { aScenario, type Scenario, shopServices } from "../../test/support/scenario.ts";
import { releaseThatServes } from "../record/stored-release.ts";
import { bringBackHint, goneImages } from "./gone-images.ts";

const stopped = aConfig({ rollout: { keep: "stopped" } });

async function goneIn(scenario: Scenario, services = shopServices) {
  const ports = scenario.world.ports();
  const observed = await ports.observer.observe(aProject({ services }));
  const stored = await releaseThatServes(null, ports);
  return goneImages({ observed, stored }, await ports.bundles.list(), ports);
}

it("tells what keeps a rollback from being possible before anybody needs it", async () => {
  const scenario = aScenario({ config: stopped });
  for (const tag of ["v1", "v2"]) await scenario.deploy(tag);
  expect(await goneIn(scenario)).toEqual([]);
  scenario.world.state.images.delete("sha256:worker-v1");
  const [finding] = await goneIn(scenario);
  expect(finding).toMatchObject({
    severity: "warn",
    code: "way-back-gone",
    message: "nobody can go back to v1: the image of worker is gone from the engine",
    hint: expect.stringMatching(/^check out .+, then: sluice deploy --release v1, which builds it anew$/),
  });
  await expect(scenario.rollback()).rejects.toMatchObject({ code: "IMAGE_MISSING", hint: finding?.hint });
});

it("asks for what the services of the way back mount, and not for what only jobs do", async () => {
  const scenario = aScenario({ config: stopped });
  for (const tag of ["v1", "v2"]) await scenario.deploy(tag);
  const { bundles } = scenario.world.state;
  const mounting = (source: string) => ({ volumes: [{ type: "image", source, target: "/mounted" }] });
  for (const [id, { bundle, model, ...stored }] of bundles) {
    const services = { ...model.services, web: mounting("assets:1"), migrate: mounting("sql:1") };
    const images = { ...bundle.images, "assets:1": "sha256:assets", "sql:1": "sha256:sql" };
    bundles.set(id, { ...stored, bundle: { ...bundle, images }, model: { ...model, services } });
  }
  expect(await goneIn(scenario)).toMatchObject([
    { message: "nobody can go back to v1: the image of assets:1 is gone from the engine" },
  ]);
});

it("of a way back that is warm asks for what it makes in base alone: what is in its slot is there", async () => {
  const scenario = aScenario({
    services: [...shopServices, aService("api", { role: "worker", strategy: "recreate" })],
  });
  for (const tag of ["v1", "v2"]) await scenario.deploy(tag);
  const { images } = scenario.world.state;
  images.delete("sha256:worker-v1");
  expect(await goneIn(scenario)).toEqual([]);
  images.delete("sha256:api-v1");
  expect(await goneIn(scenario)).toMatchObject([
    { code: "way-back-gone", message: "nobody can go back to v1: the image of api is gone from the engine" },
  ]);
  images.add("sha256:api-v1");
  expect(await scenario.rollback()).toMatchObject({ outcome: "live" });
});

/** The image of what v1 built in base is gone, where v2 serves. */
async function withoutOwn(role: "edge" | "support", keep: "warm" | "stopped") {
  const services = [...shopServices, aService("own", { role, builds: true })];
  const scenario = aScenario({ services, config: aConfig({ rollout: { keep } }) });
  for (const tag of ["v1", "v2"]) await scenario.deploy(tag, { images: { own: `own:${tag}` } });
  scenario.world.state.images.delete("sha256:own-v1");
  return { scenario, found: await goneIn(scenario, services) };
}

it.each([
  ["edge", "warm"],
  ["edge", "stopped"],
  ["support", "stopped"],
] as const)("asks for what is built in base and that the way back makes: %s, %s", async (role, keep) => {
  const { scenario, found } = await withoutOwn(role, keep);
  const message = "nobody can go back to v1: the image of own is gone from the engine";
  expect(found).toMatchObject([{ code: "way-back-gone", message }]);
  await expect(scenario.rollback("v1")).rejects.toMatchObject({ code: "IMAGE_MISSING", hint: found[0]?.hint });
});

it("asks for no support that a change of route leaves as it is", async () => {
  const { scenario, found } = await withoutOwn("support", "warm");
  expect(found).toEqual([]);
  expect(await scenario.rollback("v1")).toMatchObject({ outcome: "live" });
});

it("tells of a base service that neither a container nor an image is there of", async () => {
  const scenario = aScenario();
  await scenario.deploy("v1");
  const { containers, images } = scenario.world.state;
  for (const id of images) if (id.startsWith("sha256:db-")) images.delete(id);
  expect(await goneIn(scenario)).toEqual([]);
  for (const [id, { service }] of containers) if (service === "db") containers.delete(id);
  expect(await goneIn(scenario)).toMatchObject([{ severity: "error", code: "base-image-gone", service: "db" }]);
});

it("images come back from where they were pulled, or are built anew", () => {
  const release = { tag: "v1", commit: "c0ffee", digests: { web: "nginx@sha256:1", cdn: "nginx@sha256:1" } };
  expect(bringBackHint(release, ["web", "cdn"])).toBe("docker pull nginx@sha256:1, while the registry has it");
  expect(bringBackHint(release, ["web", "api"])).toBe(
    "check out c0ffee, then: sluice deploy --release v1, which builds it anew",
  );
  expect(bringBackHint({ ...release, dirty: true }, ["api"])).toMatch(/^it held changes that c0ffee does not have/);
});

it("asks for support that was dropped since, which a change of route makes too", async () => {
  const services = [...shopServices, aService("own", { role: "support", builds: true })];
  const scenario = aScenario({ services });
  await scenario.deploy("v1", { images: { own: "own:v1" } });
  await scenario.deploy("v2", { services: shopServices });
  scenario.world.state.images.delete("sha256:own-v1");
  const message = "nobody can go back to v1: the image of own is gone from the engine";
  expect(await goneIn(scenario)).toMatchObject([{ code: "way-back-gone", message }]);
  await expect(scenario.rollback("v1")).rejects.toMatchObject({ code: "IMAGE_MISSING" });
});
