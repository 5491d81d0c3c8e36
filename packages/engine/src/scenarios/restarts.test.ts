import { SluiceError } from "@sluice/core";
import { aService } from "@sluice/testing";
import { expect, it } from "vitest";
import { killEverywhere, problemsOf } from "../../test/support/enumerate.ts";
import { aScenario, type Scenario } from "../../test/support/scenario.ts";

const services = [
  aService("web"),
  aService("pool", { role: "support", dependsOn: ["db"], restartsWith: ["db"] }),
  aService("admin", { role: "support", dependsOn: ["db"] }),
  aService("db", { role: "data" }),
];
const before = { services, volumes: { db: "data" } };
const moved = { services, volumes: { db: "data2" } };
const newImage = { ...before, images: { db: "db:2" } };

async function v1(): Promise<Scenario> {
  const scenario = aScenario({ services });
  await scenario.deploy("v1", before);
  return scenario;
}

const restarts = ({ world }: Scenario) => world.calls.log.filter((name) => name.startsWith("base.restartAfter"));

/** Services that run since before the database was made. */
function outlived({ world }: Scenario): readonly string[] {
  const inBase = [...world.state.containers.values()].filter(({ place }) => place === "base");
  const made = Number(inBase.find(({ service }) => service === "db")?.id.slice(1));
  return inBase.flatMap(({ service, startedAfter = 0 }) => (startedAfter < made ? [service] : []));
}

it("a base service that asks for it is restarted with one that is made anew, once", async () => {
  const scenario = await v1();
  expect(await scenario.deploy("v2", newImage)).toMatchObject({ outcome: "live" });
  expect(restarts(scenario)).toEqual(["base.restartAfter pool"]);
  expect(outlived(scenario)).toEqual(["admin"]);
  expect(await scenario.deploy("v3", newImage)).toMatchObject({ outcome: "live" });
  expect(restarts(scenario)).toHaveLength(1);
  expect(await problemsOf(scenario)).toEqual([]);
});

it("nothing is restarted where the other one is only started", async () => {
  const scenario = await v1();
  for (const one of scenario.world.state.containers.values()) if (one.service === "db") one.state = "exited";
  expect(await scenario.deploy("v2", before)).toMatchObject({ outcome: "live" });
  expect(scenario.world.calls.log).toContain("base.up db: start");
  expect(restarts(scenario)).toEqual([]);
});

it("one that does not come up again fails the deployment", async () => {
  const scenario = await v1();
  let isFirst = true;
  scenario.world.calls.fault = ({ name }) => {
    if (name !== "base.restartAfter pool" || !isFirst) return undefined;
    isFirst = false;
    return new SluiceError("NOT_READY", "pool is not ready");
  };
  expect(await scenario.deploy("v2", newImage)).toMatchObject({ outcome: "failed", error: { code: "NOT_READY" } });
  expect(outlived(scenario)).toEqual(["admin"]);
});

it("a base service is restarted once more where the other one is put back", async () => {
  const scenario = await v1();
  scenario.world.behaviours.set("v2", { unhealthy: ["web"] });
  expect(await scenario.deploy("v2", moved)).toMatchObject({ outcome: "failed", serving: { tag: "v1" } });
  expect(restarts(scenario)).toHaveLength(2);
  expect(outlived(scenario)).toEqual(["admin"]);
});

it.each([
  ["undo", moved],
  ["undo", newImage],
  ["finish", newImage],
] as const)("a base service is restarted whenever the run was killed: %s", async (choice, parts) => {
  const { kills, broken } = await killEverywhere({
    given: v1,
    when: (scenario) => scenario.deploy("v2", parts),
    from: 20,
    next: (scenario) => scenario.recover(choice, parts).catch(() => scenario.recover(undefined, parts)),
    holds: (scenario) => outlived(scenario).filter((name) => name === "pool"),
  });
  expect(broken).toEqual([]);
  expect(kills).toBeGreaterThan(20);
});
