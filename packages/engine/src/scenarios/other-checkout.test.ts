import type { ServiceFacts } from "@sluice/core";
import { aService } from "@sluice/testing";
import { expect, it } from "vitest";
import { aScenario, reached, type Scenario } from "../../test/support/scenario.ts";

const on = (published: number) => ({ ports: [{ published, target: 3000, protocol: "tcp" as const }] });
const web = aService("web", on(80));

const inBase = ({ world }: Scenario) =>
  [...world.state.containers.values()].flatMap(({ service, place }) => (place === "base" ? [service] : []));

it.each<[string, Partial<ServiceFacts>]>([
  ["worker", { role: "worker" }],
  ["web service", on(81)],
])("a %s in base goes with the release that is left, though the checkout has it in slots", async (_role, facts) => {
  const checkout = { services: [web, aService("more", facts)] };
  const inBaseOnce = [web, aService("more", { ...facts, strategy: "recreate" })];
  const scenario = aScenario({ services: [web] });
  await scenario.deploy("v1");
  await scenario.deploy("v2", { services: inBaseOnce });
  expect(inBase(scenario)).toEqual(["more"]);
  expect(await scenario.rollback(undefined, checkout)).toMatchObject({ outcome: "live", serving: { tag: "v1" } });
  expect(inBase(scenario)).toEqual([]);
  expect(reached(scenario)).toMatchObject({ web: ["v1"] });
  expect(scenario.world.violations).toEqual([]);
});
