import { aService } from "@sluice/testing";
import { expect, it } from "vitest";
import { aScenario } from "../../test/support/scenario.ts";

const http = [aService("web")];
const tcp = [aService("web", { protocol: "tcp", port: 4000 })];

it("a failed release that is tried again is as it is configured now, also where that is no part of its commit", async () => {
  const scenario = aScenario();
  await scenario.deploy("v0", { services: http });
  scenario.world.behaviours.set("v1", { unhealthy: ["web"] });
  expect(await scenario.deploy("v1", { services: http })).toMatchObject({ outcome: "failed" });
  scenario.world.restart();
  scenario.world.behaviours.delete("v1");
  expect(await scenario.deploy("v1", { services: tcp, retry: true })).toMatchObject({ outcome: "live" });
  const stored = [...scenario.world.state.bundles.values()].find(({ bundle }) => bundle.tag === "v1");
  expect(stored?.bundle.services).toMatchObject([{ name: "web", protocol: "tcp", port: 4000 }]);
});
