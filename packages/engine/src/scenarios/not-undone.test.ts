import { SluiceError } from "@sluice/core";
import { aProject, aService } from "@sluice/testing";
import { describe, expect, it } from "vitest";
import { aScenario, reached, type Scenario } from "../../test/support/scenario.ts";

const failing =
  (...effects: readonly string[]) =>
  ({ name }: { readonly name: string }) =>
    effects.some((effect) => name.startsWith(effect)) ? new SluiceError("START_FAILED", "no memory") : undefined;

const oldWorker = ["slots.start worker of blue", "slots.waitReady worker of blue"];

const statesOf = ({ world }: Scenario) =>
  [...world.state.containers.values()].map(({ service, place, state }) => `${service}@${place}:${state}`).toSorted();

/** `v1` serves, and its worker could not be started again when `v2` was taken back. */
async function notUndone(): Promise<Scenario> {
  const scenario = aScenario();
  await scenario.deploy("v1");
  scenario.world.restart();
  scenario.world.behaviours.set("v2", { exits: ["worker"] });
  scenario.world.calls.fault = failing(...oldWorker);
  expect(await scenario.deploy("v2")).toMatchObject({ outcome: "needs-person", exitCode: 30 });
  scenario.world.restart();
  return scenario;
}

describe("what an attempt left and could not be undone", () => {
  it("is tried again by the next deployment, which goes on where it can be", async () => {
    const scenario = await notUndone();
    expect(await scenario.deploy("v3")).toMatchObject({ outcome: "live", serving: { tag: "v3" } });
  });

  it.each([
    ["deployment", (scenario: Scenario) => scenario.deploy("v3")],
    ["rollback", (scenario: Scenario) => scenario.rollback("v1")],
  ])("ends the next %s where it cannot be, with what can be done", async (_title, run) => {
    const scenario = await notUndone();
    scenario.world.calls.fault = failing(...oldWorker);
    const states = statesOf(scenario);
    expect(await run(scenario)).toMatchObject({
      outcome: "needs-person",
      exitCode: 30,
      serving: { tag: "v1" },
      reason: expect.stringContaining("could not be undone: workers worker"),
    });
    expect(statesOf(scenario)).toEqual(states);
    const told = scenario.world.events.flatMap((event) =>
      event.type === "finding" && event.finding.code === "not-undone" ? [event.finding] : [],
    );
    expect(told).toEqual([expect.objectContaining({ hint: expect.stringContaining("--accept-not-undone") })]);
    // It stays open.
    scenario.world.restart();
    expect(await scenario.recover("undo")).toMatchObject({ outcome: "interrupted", serving: { tag: "v1" } });
    expect(statesOf(scenario)).toContain("worker@blue:running");
  });

  it("is gone on from where somebody accepts that, who is in the record", async () => {
    const scenario = await notUndone();
    scenario.world.calls.fault = failing(...oldWorker);
    const result = await scenario.deploy("v3", { acceptNotUndone: true });
    expect(result).toMatchObject({ outcome: "live", serving: { tag: "v3" } });
    const start = scenario.world.state.records.findLast(({ type }) => type === "deployment-start");
    expect(start).toMatchObject({ tag: "v3", consents: [expect.stringMatching(/^not undone/)] });
  });

  it("keeps the only proven version from being taken for what nobody needs", async () => {
    const scenario = aScenario();
    await scenario.deploy("v1");
    scenario.world.restart();
    scenario.world.behaviours.set("v2", { exits: ["worker"] });
    let isBad = false;
    const noRoutes = ({ name }: { readonly name: string }) => {
      isBad ||= name.startsWith("slots.waitReady worker of green");
      return isBad ? failing("router.setRouting")({ name }) : undefined;
    };
    scenario.world.calls.fault = noRoutes;
    expect(await scenario.deploy("v2")).toMatchObject({ outcome: "needs-person", serving: { tag: "v2" } });
    scenario.world.restart();
    scenario.world.calls.fault = failing("router.setRouting");
    expect(await scenario.deploy("v3")).toMatchObject({ outcome: "needs-person", serving: { tag: "v2" } });
    expect(statesOf(scenario)).toContain("web@blue:running");
    scenario.world.restart();
    expect(await scenario.deploy("v3")).toMatchObject({ outcome: "live", serving: { tag: "v3" } });
    expect(reached(scenario)).toEqual({ web: ["v3"] });
  });
});

describe("what plain Compose ran", () => {
  const services = [aService("web"), aService("worker", { role: "worker" })];

  it("stays until something is proven, also where it could not be started again", async () => {
    const scenario = aScenario({ services });
    scenario.world.runPlain(aProject({ services }));
    const noPlain = failing("slots.startPlain");
    for (const tag of ["v1", "v2"]) {
      scenario.world.behaviours.set(tag, { exits: ["worker"] });
      scenario.world.calls.fault = noPlain;
      expect(await scenario.deploy(tag, { acceptNotUndone: true })).toMatchObject({ outcome: "needs-person" });
      scenario.world.restart();
      expect(statesOf(scenario)).toEqual(expect.arrayContaining(["web@plain:exited", "worker@plain:exited"]));
    }
    // The worker of `v1` exits, whoever starts it again.
    expect(await scenario.deploy("v3", { acceptNotUndone: true })).toMatchObject({ outcome: "live" });
    expect(statesOf(scenario).filter((one) => one.includes("@plain"))).toEqual([]);
  });

  it("stays until something is proven, also where it was stopped before", async () => {
    const scenario = aScenario({ services: [aService("web")] });
    scenario.world.runPlain(aProject({ services: [aService("web")] }));
    for (const one of scenario.world.state.containers.values()) one.state = "exited";
    scenario.world.behaviours.set("v1", { failingChecks: ["web takes connections"] });
    expect(await scenario.deploy("v1")).toMatchObject({ outcome: "rolled-back" });
    expect(statesOf(scenario)).toEqual(["web@plain:exited"]);
    scenario.world.behaviours.delete("v1");
    expect(await scenario.deploy("v1", { retry: true })).toMatchObject({ outcome: "live" });
    expect(statesOf(scenario)).toEqual(["web@blue:running"]);
  });
});
