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

const notUndoneHints = ({ world }: Scenario) =>
  world.events.flatMap((event) =>
    event.type === "finding" && event.finding.code === "not-undone" ? [event.finding.hint] : [],
  );

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
    expect(notUndoneHints(scenario)).toEqual([expect.stringContaining("--accept-not-undone")]);
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

  it("keeps no other down: what can be started of the version before runs", async () => {
    const two = [aService("web"), aService("cart", { role: "worker" }), aService("mail", { role: "worker" })];
    const scenario = aScenario({ services: two });
    await scenario.deploy("v1");
    scenario.world.restart();
    scenario.world.behaviours.set("v2", { exits: ["mail"] });
    scenario.world.calls.fault = failing("slots.start cart of blue");
    expect(await scenario.deploy("v2")).toMatchObject({
      outcome: "needs-person",
      serving: { tag: "v1" },
      error: { message: "no memory" },
    });
    expect(statesOf(scenario)).toEqual(["cart@blue:exited", "mail@blue:running", "web@blue:running"]);
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

  it("keeps the only proven version also where a run that was finished had to be undone", async () => {
    const scenario = aScenario();
    await scenario.deploy("v1");
    scenario.world.restart();
    let isDead = false;
    scenario.world.calls.fault = ({ name }) => {
      isDead ||= name.startsWith("slots.start worker of green");
      return isDead ? "crash" : undefined;
    };
    await scenario.deploy("v2").catch(() => undefined);
    scenario.world.restart();
    scenario.world.behaviours.set("v2", { exits: ["worker"] });
    scenario.world.calls.fault = failing(...oldWorker);
    expect(await scenario.deploy("v3")).toMatchObject({ outcome: "needs-person", serving: { tag: "v1" } });
    expect(scenario.world.state.records.filter(({ tag }) => tag === "v3")).toEqual([]);
    expect(statesOf(scenario)).toContain("web@blue:running");
    expect(notUndoneHints(scenario)).toEqual([expect.stringContaining("--accept-not-undone")]);
    expect(await scenario.deploy("v3", { acceptNotUndone: true })).toMatchObject({ outcome: "live" });
  });
});

describe.each([undefined, "v1"])("a rollback to %s that accepts what could not be undone", (to) => {
  /** `v0` and `v1` were live. */
  async function given(): Promise<Scenario> {
    const scenario = aScenario();
    for (const tag of ["v0", "v1"]) await scenario.deploy(tag);
    scenario.world.restart();
    scenario.world.behaviours.set("v2", { exits: ["worker"] });
    return scenario;
  }

  it("leads users out of it, to the version before", async () => {
    const scenario = await given();
    const { calls } = scenario.world;
    const noRoutes = failing("router.setRouting");
    let isBad = false;
    calls.fault = (effect) => {
      isBad ||= effect.name.startsWith("slots.waitReady worker of blue");
      return isBad ? noRoutes(effect) : undefined;
    };
    expect(await scenario.deploy("v2")).toMatchObject({ outcome: "needs-person", serving: { tag: "v2" } });
    scenario.world.restart();
    let hasEnded = false;
    calls.fault = (effect) => {
      hasEnded ||= effect.name.startsWith("journal.append deployment-end");
      return hasEnded ? undefined : noRoutes(effect);
    };
    expect(await scenario.rollback(to)).toMatchObject({ outcome: "needs-person", serving: { tag: "v2" } });
    hasEnded = false;
    const accepted = await scenario.rollback(to, { acceptNotUndone: true });
    expect(accepted).toMatchObject({ outcome: "live", serving: { tag: "v1" } });
    expect(reached(scenario)).toEqual({ web: ["v1"] });
  });

  it("mends the version before, where users are back already", async () => {
    const scenario = await given();
    const { calls, state } = scenario.world;
    calls.fault = failing("slots.start worker of green", "slots.waitReady worker of green");
    expect(await scenario.deploy("v2")).toMatchObject({ outcome: "needs-person", serving: { tag: "v1" } });
    scenario.world.restart();
    for (const [id, { service, place }] of state.containers)
      if (service === "worker" && place === "green") state.containers.delete(id);
    expect(await scenario.rollback(to)).toMatchObject({ outcome: "needs-person", serving: { tag: "v1" } });
    const accepted = await scenario.rollback(to, { acceptNotUndone: true });
    expect(accepted).toMatchObject({ outcome: "live", serving: { tag: "v1" } });
    expect(statesOf(scenario)).toContain("worker@green:running");
  });

  it("goes no further where the version before is not stored", async () => {
    const scenario = await given();
    const { calls, state } = scenario.world;
    const [one] = [...state.bundles.values()].filter(({ bundle }) => bundle.tag === "v1");
    state.bundles.delete(one?.bundle.id ?? "");
    calls.fault = failing("slots.start worker of green", "slots.waitReady worker of green");
    await scenario.deploy("v2");
    const ended = await scenario.rollback(to, { acceptNotUndone: true }).catch((error: unknown) => error);
    expect(ended).toMatchObject(to ? { code: "RELEASE_UNKNOWN" } : { outcome: "needs-person" });
    expect(state.records.filter(({ type, tag }) => type === "deployment-start" && tag === "v0")).toHaveLength(1);
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
