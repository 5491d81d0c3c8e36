import { type ServiceFacts, SluiceError } from "@sluice/core";
import { aService } from "@sluice/testing";
import { describe, expect, it } from "vitest";
import { aScenario, type RunParts, type Scenario } from "../../test/support/scenario.ts";

const web = aService("web");
const on = (published: number) => ({ ports: [{ published, target: 3000, protocol: "tcp" as const }] });

/** Image and state of what is in base of a service. */
function inBase({ world }: Scenario, name: string): readonly string[] {
  return [...world.state.containers.values()]
    .filter(({ service, place }) => service === name && place === "base")
    .map(({ spec, state }) => `${(JSON.parse(spec) as { readonly image?: string }).image} ${state}`);
}

async function live(services: readonly ServiceFacts[], parts: RunParts = {}): Promise<Scenario> {
  const scenario = aScenario({ services });
  await scenario.deploy("v1", parts);
  scenario.world.restart();
  return scenario;
}

/** Kills a deployment of v2 just before the first effect with this name. */
async function killBefore(scenario: Scenario, effect: string, parts: RunParts): Promise<void> {
  const { calls } = scenario.world;
  calls.fault = ({ name }) => (name === effect ? "crash" : undefined);
  await scenario.deploy("v2", parts);
  scenario.world.restart();
}

describe.each(["data", "support"] as const)("a service of %s that the candidate has otherwise", (role) => {
  const db = aService("db", { role });
  const changed: RunParts = { images: { db: "db:2" } };

  it.each(["create", "start"])("runs as before where the deployer was killed before its %s", async (effect) => {
    const scenario = await live([web, db]);
    await killBefore(scenario, `base.up db: ${effect}`, changed);
    expect(await scenario.recover("undo", changed)).toMatchObject({ exitCode: 0, serving: { tag: "v1" } });
    expect(inBase(scenario, "db")).toEqual(["db:1 running"]);
    const told = scenario.world.events.flatMap((event) => (event.type === "finding" ? [event.finding.code] : []));
    expect(told.filter((code) => code.startsWith("base-"))).toEqual([]);
  });

  it.each(["create", "start"])("runs as before where its %s fails", async (effect) => {
    const scenario = await live([web, db]);
    let isFirst = true;
    scenario.world.calls.fault = ({ name }) => {
      if (!isFirst || name !== `base.up db: ${effect}`) return undefined;
      isFirst = false;
      return new SluiceError("COMPOSE_FAILED", "it cannot");
    };
    expect(await scenario.deploy("v2", changed)).toMatchObject({ outcome: "failed", serving: { tag: "v1" } });
    expect(inBase(scenario, "db")).toEqual(["db:1 running"]);
  });

  it("stays as the candidate has it once it has run so", async () => {
    const scenario = await live([web, db]);
    scenario.world.behaviours.set("v2", { unhealthy: ["web"] });
    expect(await scenario.deploy("v2", changed)).toMatchObject({ outcome: "failed", serving: { tag: "v1" } });
    expect(inBase(scenario, "db")).toEqual(["db:2 running"]);
  });
});

it.each([
  ["data", "running"],
  ["support", "exited"],
] as const)("a service of %s that nothing starts again once it ended well is %s after an undo", async (role, state) => {
  const scenario = await live([web, aService("db", { role, runsOnce: true })]);
  const { calls } = scenario.world;
  for (const one of scenario.world.state.containers.values()) if (one.service === "db") one.state = "exited";
  let isFirst = true;
  calls.fault = ({ name }) => {
    if (!isFirst || name !== "base.up db: start") return undefined;
    isFirst = false;
    return new SluiceError("COMPOSE_FAILED", "it cannot");
  };
  expect(await scenario.deploy("v2")).toMatchObject({ outcome: "failed", serving: { tag: "v1" } });
  expect(inBase(scenario, "db")).toEqual([`db:1 ${state}`]);
});

it("an application in base that the candidate calls support is put back", async () => {
  const api = aService("api", { strategy: "recreate", builds: true, ...on(81) });
  const scenario = await live([web, api]);
  const container = () => [...scenario.world.state.containers.values()].find(({ service }) => service === "api");
  const before = container()?.imageId;
  scenario.world.behaviours.set("v2", { unhealthy: ["web"] });
  const services = [web, aService("api", { role: "support", builds: true, ...on(81) })];
  expect(await scenario.deploy("v2", { services })).toMatchObject({ outcome: "failed", serving: { tag: "v1" } });
  expect(container()).toMatchObject({ imageId: before, state: "running" });
});

it("a proxy whose step was never begun runs again after an undo that was killed as it made that anew", async () => {
  const services = [aService("web", { ports: [] }), aService("proxy", { role: "edge", ...on(80) })];
  const scenario = await live(services, { files: { proxy: "of v1" } });
  const candidate: RunParts = { files: { proxy: "of v2" } };
  await killBefore(scenario, "journal.append step-intent shift-2", candidate);
  const { calls, state } = scenario.world;
  calls.fault = ({ name }) => {
    if (name === "base.up proxy: create") return "crash";
    if (name !== "journal.append undo-intent shift-1") return undefined;
    // Whoever makes a door again has proxies ask for its name again, with the files of the previous.
    return () => {
      for (const door of state.doors.values()) door.running = false;
    };
  };
  await scenario.recover("undo", candidate);
  scenario.world.restart();
  const left = [expect.stringContaining("exited"), expect.stringContaining("created")];
  expect(inBase(scenario, "proxy")).toEqual(left);
  expect(await scenario.recover("undo", candidate)).toMatchObject({ exitCode: 0, serving: { tag: "v1" } });
  expect(inBase(scenario, "proxy")).toEqual([expect.stringContaining("running")]);
});

it("what a person stopped stays so where a deployment fails before anything was touched", async () => {
  const worker = aService("worker", { role: "worker", strategy: "recreate" });
  const scenario = await live([web, worker]);
  const { calls, state } = scenario.world;
  for (const container of state.containers.values()) if (container.service === "worker") container.state = "exited";
  const before = inBase(scenario, "worker");
  calls.fault = ({ name }) =>
    name.startsWith("images.build") ? new SluiceError("BUILD_FAILED", "it cannot") : undefined;
  expect(await scenario.deploy("v2")).toMatchObject({ outcome: "failed", serving: { tag: "v1" } });
  expect(inBase(scenario, "worker")).toEqual(before);
});
