import type { ServiceFacts } from "@sluice/core";
import { aConfig, aService } from "@sluice/testing";
import { expect, it } from "vitest";
import { aScenario, reached, type Scenario } from "../../test/support/scenario.ts";
import { foreseeRollback } from "./way-back.ts";

const publishing = (published: number): readonly ServiceFacts[] => [
  aService("web", { ports: [{ published, target: 80, protocol: "tcp" }] }),
];
const at8000 = { services: publishing(8000) };
const at9000 = { services: publishing(9000) };

/** Codes that a plan of going back tells while a proxy of others is on an external network; with the services that were asked for. */
async function told(scenario: Scenario, to?: string) {
  const { world } = scenario;
  world.restart();
  world.state.outsideProxies = [
    { container: "front-1", network: "shared", program: "nginx", renew: "docker exec front-1 nginx -s reload" },
  ];
  const ports = world.ports();
  const asked: string[] = [];
  const outsideProxies: typeof ports.observer.outsideProxies = (request, ...rest) => {
    asked.push(`${request.names.join()} at ${request.model.services["web"]?.ports?.[0]?.published}`);
    return ports.observer.outsideProxies(request, ...rest);
  };
  const users = reached(scenario);
  const { findings = [] } = await foreseeRollback(scenario.rollbackRequest(to), {
    ...ports,
    observer: { ...ports.observer, outsideProxies },
  });
  expect(reached(scenario)).toEqual(users);
  const times = findings.filter(({ code }) => code === "proxy-outside").length;
  const events = world.events.filter((event) => event.type === "finding" && event.finding.code === "proxy-outside");
  expect(events.length).toBe(times);
  return { times, asked };
}

async function live(...releases: readonly (readonly [string, { readonly services: readonly ServiceFacts[] }])[]) {
  const scenario = aScenario({ ...at9000, config: aConfig({ releases: { keep: 5 } }) });
  for (const [tag, parts] of releases) await scenario.deploy(tag, parts);
  return scenario;
}

it("going back to a warm release tells of proxies of others where its door is made anew", async () => {
  const scenario = await live(["v1", at8000], ["v2", at9000]);
  expect(await told(scenario)).toEqual({ times: 1, asked: ["web at 8000"] });
});

it("and tells nothing, nor looks, where all doors stay", async () => {
  const scenario = await live(["v1", at9000], ["v2", at9000]);
  expect(await told(scenario)).toEqual({ times: 0, asked: [] });
});

it("going back to a release that is not warm tells of them, by what that has", async () => {
  const scenario = await live(["v1", at8000], ["v2", at9000], ["v3", at9000]);
  expect(await told(scenario, "v1")).toEqual({ times: 1, asked: ["web at 8000"] });
});

it("so does going back to what serves, where users do not come to its door", async () => {
  const scenario = await live(["v1", at9000], ["v2", at9000]);
  for (const door of scenario.world.state.doors.values()) door.dark = true;
  expect(await told(scenario, "v2")).toEqual({ times: 1, asked: ["web at 9000"] });
});

it("so does the undo of a deployment that was cut short after it has made a door anew", async () => {
  const scenario = await live(["v1", at8000]);
  const { world } = scenario;
  world.restart();
  let isDead = false;
  world.calls.fault = ({ name }) => {
    isDead ||= name.startsWith("journal.append step-outcome verify-1");
    return isDead ? "crash" : undefined;
  };
  await scenario.deploy("v2", at9000).catch(() => undefined);
  expect(await told(scenario)).toEqual({ times: 1, asked: ["web at 8000"] });
});
