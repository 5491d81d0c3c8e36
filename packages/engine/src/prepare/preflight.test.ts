import type { ObstaclesRequest, Orphan, PlanStep, ServiceFacts } from "@sluice/core";
import { aConfig, aProject, aService, createFakeWorld } from "@sluice/testing";
import { expect, it } from "vitest";
import { assertNoObstacle } from "./preflight.ts";

const services = [
  aService("web"),
  aService("migrate", { role: "job" }),
  aService("db", { role: "data" }),
  aService("proxy", { role: "edge" }),
];

/** What the engine is asked for the sake of a plan of these steps. */
async function asked(steps: readonly Partial<PlanStep>[], orphans: readonly Orphan[] = []): Promise<ObstaclesRequest> {
  const world = createFakeWorld();
  const requests: ObstaclesRequest[] = [];
  const { observer } = world.ports();
  const obstacles = async (request: ObstaclesRequest) => {
    requests.push(request);
    return [];
  };
  const { model } = aProject({ services });
  const facts = { stack: "shop", config: aConfig(), model, services, orphans };
  await assertNoObstacle({ steps: steps as readonly PlanStep[] }, facts, { observer: { ...observer, obstacles } });
  const [request] = requests;
  if (!request) throw new Error("the engine was not asked");
  return request;
}

const namesOf = (found: readonly ServiceFacts[]) => found.map(({ name }) => name);

it("what only a job or a service in base uses is in the way of no plan that leaves those alone", async () => {
  const door: Partial<PlanStep> = { kind: "door", service: "web" };
  expect(await asked([door])).toMatchObject({ publishing: ["web"] });
  expect(namesOf((await asked([door])).services)).toEqual(["web"]);
  expect(namesOf((await asked([{ kind: "job", service: "migrate" }])).services)).toEqual(["web", "migrate"]);
  expect(namesOf((await asked([{ kind: "base", service: "db" }])).services)).toEqual(["web", "db"]);
  const adopted = await asked([{ kind: "adopt", services: ["web", "proxy"] }]);
  expect(namesOf(adopted.services)).toEqual(["web", "proxy"]);
  expect(adopted.publishing).toEqual(["web", "proxy"]);
});

it("a plan of no steps asks nothing", async () => {
  await expect(asked([])).rejects.toThrow("the engine was not asked");
});
