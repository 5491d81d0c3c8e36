import type { ObstaclesRequest } from "@sluice/core";
import { aService } from "@sluice/testing";
import { expect, it } from "vitest";
import { aScenario } from "../../test/support/scenario.ts";
import { rollback } from "../index.ts";

const services = [aService("web"), aService("mailer", { role: "worker", strategy: "recreate" })];

it("a way back is asked about with the paths that base services will have, and not with those of a checkout that was moved", async () => {
  const scenario = aScenario({ services });
  for (const tag of ["v1", "v2", "v3"]) await scenario.deploy(tag);
  scenario.world.restart();
  const ports = scenario.world.ports();
  const asked: ObstaclesRequest[] = [];
  const observer = {
    ...ports.observer,
    obstacles: async (request: ObstaclesRequest) => {
      asked.push(request);
      return [];
    },
  };
  const base = {
    ...ports.base,
    placed: async (...[release]: Parameters<typeof ports.base.placed>) => ({
      model: { ...release.model, "x-placed": true },
      unproven: [],
      missing: [],
    }),
  };
  const request = scenario.rollbackRequest("v1");
  const result = await rollback(request, { ...ports, observer, base }, new AbortController().signal);
  expect(result).toMatchObject({ outcome: "live", serving: { tag: "v1" } });
  expect(asked).toMatchObject([{ model: { "x-placed": true } }]);
});
