import type { ServiceFacts } from "@sluice/core";
import { aConfig, aProject, aRequest, aService } from "@sluice/testing";
import { expect, it } from "vitest";
import { killEverywhere, problemsOf } from "../../test/support/enumerate.ts";
import { aScenario, reached, type Scenario } from "../../test/support/scenario.ts";
import { provideRelease } from "../prepare/build-release.ts";

const http = [aService("web")];
const tcp = [aService("web", { protocol: "tcp", port: 4000 })];
const ports = [{ published: 8081, target: 3000, protocol: "tcp" as const }];
const inSlots = [aService("web"), aService("admin", { ports })];
const adminInBase = [aService("web"), aService("admin", { ports, strategy: "recreate" })];

function storedServices({ world }: Scenario, tag: string) {
  return [...world.state.bundles.values()].find(({ bundle }) => bundle.tag === tag)?.bundle.services;
}

function adminStrategy(scenario: Scenario, tag: string) {
  return storedServices(scenario, tag)?.find(({ name }) => name === "admin")?.strategy;
}

/** v2 serves, and v1 is kept warm. */
async function withWarm(): Promise<Scenario> {
  const scenario = aScenario({ services: inSlots });
  await scenario.deploy("v1");
  await scenario.deploy("v2");
  scenario.world.restart();
  return scenario;
}

/** The same, and v1 is built again where it is deployed. */
async function withoutImages(): Promise<Scenario> {
  const scenario = await withWarm();
  forgetImages(scenario);
  return scenario;
}

function forgetImages({ world: { state } }: Scenario): void {
  for (const id of state.images) if (id.endsWith("-v1")) state.images.delete(id);
}

it("a failed release that is tried again is as it is configured now, also where that is no part of its commit", async () => {
  const scenario = aScenario();
  await scenario.deploy("v0", { services: http });
  scenario.world.behaviours.set("v1", { unhealthy: ["web"] });
  expect(await scenario.deploy("v1", { services: http })).toMatchObject({ outcome: "failed" });
  scenario.world.restart();
  scenario.world.behaviours.delete("v1");
  expect(await scenario.deploy("v1", { services: tcp, retry: true })).toMatchObject({ outcome: "live" });
  expect(storedServices(scenario, "v1")).toMatchObject([{ name: "web", protocol: "tcp", port: 4000 }]);
});

it("a release of which nothing runs any more is as it is configured now, though it was live last", async () => {
  const unpublished = (services: readonly ServiceFacts[]) => services.map((one) => ({ ...one, ports: [] }));
  const scenario = aScenario({ services: unpublished(inSlots) });
  const { world } = scenario;
  await scenario.deploy("v1");
  world.restart();
  world.state.containers.clear();
  world.state.doors.clear();
  expect(await scenario.deploy("v1", { services: unpublished(adminInBase) })).toMatchObject({ outcome: "live" });
  expect(reached(scenario)).toEqual({ web: ["v1"], admin: ["base"] });
  expect(adminStrategy(scenario, "v1")).toBe("recreate");
  expect(world.leftovers()).toEqual([]);
});

it("a stored release that is deployed again has as long to start as its images ask for", async () => {
  const scenario = await withWarm();
  const given = scenario.world.ports();
  const facts: typeof given.images.facts = async ({ services }) =>
    services.map((one) => ({
      ...one,
      startBudget: { timeoutMs: 600_000, derivation: "by the image", imageMs: 540_000 },
    }));
  scenario.world.ports = () => ({ ...given, images: { ...given.images, facts } });
  expect(await scenario.deploy("v1", { services: adminInBase })).toMatchObject({ outcome: "live" });
  expect(storedServices(scenario, "v1")?.map(({ startBudget }) => startBudget.imageMs)).toEqual([540_000, 540_000]);
});

it("a way back stays warm where its release, configured otherwise, was tried again in vain", async () => {
  const scenario = await withWarm();
  const { world } = scenario;
  world.behaviours.set("v1", { exits: ["admin"] });
  expect(await scenario.deploy("v1", { services: adminInBase })).toMatchObject({ serving: { tag: "v2" } });
  expect(adminStrategy(scenario, "v1")).toBe("slots");
  world.restart();
  world.behaviours.delete("v1");
  const from = world.calls.log.length;
  expect(await scenario.rollback("v1")).toMatchObject({ outcome: "live", serving: { tag: "v1" } });
  expect(world.calls.log.slice(from).filter((name) => /create|base\.up/.test(name))).toEqual([]);
  expect(reached(scenario)).toEqual({ web: ["v1"], admin: ["v1"] });
  expect(await problemsOf(scenario)).toEqual([]);
});

it("one that is built again, as its images were gone, is as it is configured now once it is live, and as it was where it fails", async () => {
  const scenario = await withoutImages();
  const { world } = scenario;
  world.behaviours.set("v1", { exits: ["admin"] });
  expect(await scenario.deploy("v1", { services: adminInBase })).toMatchObject({ serving: { tag: "v2" } });
  expect([reached(scenario), adminStrategy(scenario, "v1")]).toEqual([{ web: ["v2"], admin: ["v2"] }, "slots"]);
  expect(await problemsOf(scenario)).toEqual([]);
  forgetImages(scenario);
  world.restart();
  world.behaviours.delete("v1");
  expect(await scenario.deploy("v1", { services: adminInBase, retry: true })).toMatchObject({ outcome: "live" });
  expect(reached(scenario)).toEqual({ web: ["v1"], admin: ["base"] });
  expect(adminStrategy(scenario, "v1")).toBe("recreate");
});

it("a rehearsal has a stored release as it is configured now, too, but the one that serves, and stores no change", async () => {
  const scenario = await withWarm();
  const provided = async (tag: string) => {
    const project = aProject({ services: adminInBase });
    const serves = [...scenario.world.state.bundles.values()].find(({ bundle }) => bundle.tag === "v2")?.bundle.id;
    const wanted = { project, release: aRequest(tag), config: aConfig(), serves };
    const { services } = (await provideRelease(scenario.world.ports(), wanted)).bundle;
    return services.find(({ name }) => name === "admin")?.strategy;
  };
  expect([await provided("v1"), await provided("v2")]).toEqual(["recreate", "slots"]);
  expect(adminStrategy(scenario, "v1")).toBe("slots");
});

it.each([
  ["finish", "kept warm", withWarm],
  [undefined, "kept warm", withWarm],
  [undefined, "without its images", withoutImages],
] as const)(
  "a stored release, killed before every effect while it is deployed with other services, is stored as it is: %s, %s",
  async (choice, _how, given) => {
    const { kills, broken } = await killEverywhere({
      step: 3,
      given,
      when: (scenario) => scenario.deploy("v1", { services: adminInBase }),
      next: (scenario) => scenario.recover(choice, { services: adminInBase }),
      holds: (scenario) => {
        const { web = [], admin = [] } = reached(scenario);
        const seen = [...web, ...admin, adminStrategy(scenario, "v1")].join(" ");
        return seen === "v2 v2 slots" || seen === "v1 base recreate" ? [] : [seen];
      },
    });
    expect(broken).toEqual([]);
    expect(kills).toBeGreaterThan(20);
  },
);
