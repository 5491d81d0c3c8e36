import { aService } from "@sluice/testing";
import { expect, it } from "vitest";
import { aScenario, reached, type Scenario, shopServices } from "../test/support/scenario.ts";
import { base } from "./actions/prepare.ts";

const mailer = aService("mailer", { role: "worker", strategy: "recreate" });
const on = [...shopServices, mailer];
const off = [...shopServices, { ...mailer, active: false }];

/** Services with containers in base. */
function inBase({ world }: Scenario): readonly string[] {
  return [...world.state.containers.values()].flatMap(({ place, service }) => (place === "base" ? service : [])).sort();
}

it("a profile that is switched on or off for the release that serves makes another release of it", async () => {
  const scenario = aScenario({ services: off });
  await scenario.deploy("v1");
  expect(inBase(scenario)).toEqual(["db"]);
  const first = [...scenario.world.state.bundles.keys()];
  expect(await scenario.deploy("v1", { services: on })).toMatchObject({ outcome: "live", serving: { tag: "v1" } });
  expect(inBase(scenario)).toEqual(["db", "mailer"]);
  expect(reached(scenario)).toEqual({ web: ["v1"] });
  expect(await scenario.deploy("v1", { services: on })).toMatchObject({ outcome: "nothing-to-do" });
  expect(await scenario.deploy("v1")).toMatchObject({ outcome: "live" });
  expect(scenario.world.state.bundles.size).toBe(2);
  expect(await scenario.deploy("v1")).toMatchObject({ outcome: "nothing-to-do", serving: { release: first[0] } });
});

it("a release with fewer services takes the images of those that it has", async () => {
  const scenario = aScenario({ services: on });
  await scenario.deploy("v1");
  expect(await scenario.deploy("v2", { services: off, request: { commit: "commit-of-v1" } })).toMatchObject({
    outcome: "live",
  });
  const { bundle } = [...scenario.world.state.bundles.values()].at(-1) ?? {};
  expect(bundle).toMatchObject({ tag: "v2", images: { web: "sha256:web-v1" } });
  expect([bundle?.images, bundle?.imageTags].flatMap((all = {}) => Object.keys(all))).not.toContain("mailer");
});

it("a step for what the release does not run fails", async () => {
  const scenario = aScenario({ services: off });
  await scenario.deploy("v1");
  const [release] = scenario.world.state.bundles.values();
  const [step, scope] = [{ service: "mailer" }, { release, ports: scenario.world.ports() }];
  await expect(base.run(step as never, scope as never, { options: {} } as never)).rejects.toMatchObject({
    code: "RELEASE_UNKNOWN",
    message: "release v1 has no active service mailer",
  });
});
