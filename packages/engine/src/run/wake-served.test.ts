import { type ServiceFacts, SluiceError } from "@sluice/core";
import { aConfig, aService } from "@sluice/testing";
import { describe, expect, it } from "vitest";
import { aScenario, reached, type Scenario } from "../../test/support/scenario.ts";
import { recordDiagnoses } from "../doctor/record-diagnoses.ts";
import { foreseeRollback, whenAsked } from "../prepare/way-back.ts";
import { lastAttempt } from "../record/read-attempts.ts";
import { underWayOf } from "../record/under-way.ts";

const config = aConfig({ rollout: { steps: [50, 100] } });
const services = [
  aService("web"),
  aService("worker", { role: "worker" }),
  aService("mail", { role: "support" }),
  aService("db", { role: "data" }),
];

/** `v2` is killed while half of the users are at it, by the end of its machine; what has a restart policy runs again. */
async function rebooted(restarts: readonly string[] = [], more: readonly ServiceFacts[] = []): Promise<Scenario> {
  const scenario = aScenario({ config, services: [...services, ...more] });
  const { world } = scenario;
  await scenario.deploy("v0");
  await scenario.deploy("v1");
  world.restart();
  world.calls.fault = ({ name }) => (name === "journal.append step-intent shift-2" ? "crash" : undefined);
  await scenario.deploy("v2").catch(() => undefined);
  expect(world.calls.log.at(-1)).toBe("journal.append step-intent shift-2");
  world.restart();
  const at = world.clock.now().getTime();
  for (const one of world.state.containers.values()) {
    one.exitCode = 137;
    one.finishedAt = new Date(at).toISOString();
    one.state = restarts.includes(one.service) ? "running" : "exited";
    if (restarts.includes(one.service)) one.startedAt = new Date(at + 60_000).toISOString();
  }
  world.clock.advance(120_000);
  return scenario;
}

function statesOf({ world }: Scenario): readonly string[] {
  return [...world.state.containers.values()]
    .map(({ service, place, state }) => `${service}@${place} ${state}`)
    .toSorted();
}

const allUp = ["db@base running", "mail@base running", "web@green running", "worker@green running"];

describe("an attempt that is undone after its machine was restarted", () => {
  it.each([
    ["nothing", []],
    ["the database", ["db"]],
    ["all of the slot, and nothing beside it,", ["web", "worker"]],
  ])("leads users to a version that runs again, where %s was started again", async (_title, restarts) => {
    const scenario = await rebooted(restarts);
    expect(await scenario.recover("undo")).toMatchObject({ exitCode: 0, serving: { tag: "v1", share: 100 } });
    expect(statesOf(scenario)).toEqual(allUp);
    expect(reached(scenario)).toEqual({ web: ["v1"] });
  });

  it("is for a person where that does not come up, and is tried again", async () => {
    const scenario = await rebooted();
    const { world } = scenario;
    world.behaviours.set("v1", { exits: ["web"] });
    for (const goBack of [() => scenario.rollback(), () => scenario.recover("undo")]) {
      expect(await goBack()).toMatchObject({
        outcome: "needs-person",
        exitCode: 30,
        reason: expect.stringContaining("web runs in 0 of 1 containers in slot green, which serves"),
      });
      expect(world.events).toContainEqual(
        expect.objectContaining({ finding: expect.objectContaining({ severity: "error", code: "service-short" }) }),
      );
    }
    world.behaviours.delete("v1");
    expect(await scenario.rollback()).toMatchObject({ exitCode: 0, serving: { tag: "v1", share: 100 } });
    expect(statesOf(scenario)).toEqual(allUp);
  });

  it("says which services users do not reach, where they reach others", async () => {
    const admin = aService("admin", { ports: [{ published: 9090, target: 3000, protocol: "tcp" }] });
    const scenario = await rebooted([], [admin]);
    const { world } = scenario;
    world.behaviours.set("v1", { exits: ["admin"] });
    expect(await scenario.recover("undo")).toMatchObject({ exitCode: 30 });
    expect(world.events.at(-1)).toMatchObject({ undone: true, serving: { tag: "v1" }, shut: ["admin"] });
    world.behaviours.set("v1", { exits: ["web", "admin"] });
    for (const one of world.state.containers.values()) if (one.place === "green") one.state = "exited";
    expect(await scenario.recover("undo")).toMatchObject({ exitCode: 30 });
    expect(world.events.at(-1)).toMatchObject({ undone: true, serving: { tag: "v1" } });
    expect(world.events.at(-1)).not.toHaveProperty("shut");
  });

  it("is left by who goes back once more while that does not come up", async () => {
    const scenario = await rebooted();
    const { world } = scenario;
    world.behaviours.set("v1", { exits: ["web"] });
    const { journal } = world.ports();
    expect(await scenario.rollback(undefined, await whenAsked(journal))).toMatchObject({ exitCode: 30 });
    const last = await lastAttempt(journal);
    const facts = { now: world.clock.now(), isDeploying: false, chainProblems: [], observed: null };
    expect(recordDiagnoses({ ...facts, last })).toMatchObject([
      {
        code: "attempt-needs-person",
        what: expect.stringMatching(/^deployment \S+ \(v2\) is undone, and users are not/),
      },
    ]);
    // As it is shown before somebody says yes to it.
    const { release } = await foreseeRollback(scenario.rollbackRequest(), world.ports());
    expect(release?.bundle.tag).toBe("v0");
    expect(await scenario.rollback(undefined, await whenAsked(journal))).toMatchObject({
      outcome: "live",
      serving: { tag: "v0", share: 100 },
    });
    expect(reached(scenario)).toEqual({ web: ["v0"] });
  });

  it("is not undone any more once it is gone on with: who goes back goes back from it", async () => {
    const scenario = await rebooted();
    const { world } = scenario;
    world.behaviours.set("v1", { exits: ["web"] });
    expect(await scenario.recover("undo")).toMatchObject({ exitCode: 30 });
    expect(world.events.at(-1)).toMatchObject({ type: "deployment-end", undone: true });
    world.behaviours.delete("v1");
    world.restart();
    world.calls.fault = ({ name }) => (name === "journal.append step-outcome shift-1" ? "crash" : undefined);
    await scenario.recover("finish").catch(() => undefined);
    world.restart();
    const { journal } = world.ports();
    const last = await lastAttempt(journal);
    expect(underWayOf(last)).toMatchObject({ tag: "v2", step: { id: "shift-1" } });
    const facts = { now: world.clock.now(), isDeploying: false, chainProblems: [], observed: null };
    expect(recordDiagnoses({ ...facts, last })[0]?.what).toMatch(/^deployment \S+ \(v2\) has no end$/);
    // As somebody starts by hand what the undo could not.
    for (const one of world.state.containers.values()) if (one.place === "green") one.state = "running";
    expect(await scenario.rollback(undefined, await whenAsked(journal))).toMatchObject({
      exitCode: 0,
      serving: { tag: "v1", share: 100 },
    });
    expect(reached(scenario)).toEqual({ web: ["v1"] });
  });

  it("leads users to what runs where something beside it does not start", async () => {
    const scenario = await rebooted();
    const { world } = scenario;
    world.calls.fault = ({ name }) => (name.startsWith("slots.startPlain") ? new Error("port is taken") : undefined);
    expect(await scenario.recover("undo")).toMatchObject({ exitCode: 0, serving: { tag: "v1", share: 100 } });
    expect(statesOf(scenario)).toEqual(expect.arrayContaining(["web@green running", "worker@green running"]));
  });

  it("is for a person where what serves breaks down after its start, and something else of the slot fails before it", async () => {
    const scenario = await rebooted();
    const { calls, state } = scenario.world;
    calls.fault = ({ name }) => {
      if (name === "slots.start worker of green") return new SluiceError("START_FAILED", "its port is taken");
      if (!/^slots.waitReady (?:.* )?web /.test(name)) return undefined;
      return () => {
        for (const one of state.containers.values())
          if (one.service === "web" && one.place === "green") Object.assign(one, { state: "exited", exitCode: 1 });
      };
    };
    expect(await scenario.recover("undo")).toMatchObject({
      outcome: "needs-person",
      reason: expect.stringContaining("web runs in 0 of 1 containers in slot green, which serves"),
    });
  });

  it("leads users to what runs where something beside it hangs in its start", async () => {
    const scenario = await rebooted();
    const { world } = scenario;
    world.calls.fault = ({ name }) => (name.startsWith("slots.startPlain mail") ? "hang" : undefined);
    expect(await scenario.recover("undo")).toMatchObject({ exitCode: 0, serving: { tag: "v1", share: 100 } });
    expect(statesOf(scenario)).toEqual(allUp.map((one) => one.replace("mail@base running", "mail@base exited")));
    expect(world.events).toContainEqual(
      expect.objectContaining({
        code: "START_FAILED",
        message: expect.stringContaining("has not started within 10 s"),
      }),
    );
  });

  it("is for a person where nothing is left of that: who goes back once more goes on", async () => {
    const scenario = await rebooted();
    const { world } = scenario;
    for (const [key, { place }] of world.state.containers) if (place === "green") world.state.containers.delete(key);
    const { journal } = world.ports();
    expect(await scenario.rollback(undefined, await whenAsked(journal))).toMatchObject({
      outcome: "needs-person",
      exitCode: 30,
      serving: null,
      reason: expect.stringContaining("slot green"),
    });
    expect(world.events).toContainEqual(
      expect.objectContaining({ finding: expect.objectContaining({ severity: "error", code: "slot-gone" }) }),
    );
    expect(await scenario.rollback(undefined, await whenAsked(journal))).toMatchObject({
      outcome: "live",
      serving: { tag: "v0", share: 100 },
    });
    expect(reached(scenario)).toEqual({ web: ["v0"] });
  });

  it("leaves down what somebody stopped", async () => {
    const scenario = await rebooted(["web", "db"]);
    for (const one of scenario.world.state.containers.values())
      if (one.service === "web") one.startedAt = "2000-01-01T00:00:00Z";
    expect(await scenario.recover("undo")).toMatchObject({ exitCode: 0, serving: { tag: "v1", share: 100 } });
    expect(statesOf(scenario)).toContain("worker@green exited");
  });
});

describe("a rollback that was killed before its cutover, from a version that is dead", () => {
  it.each([undefined, "v1"])("is tried again, where what it left does not come up: to %s", async (to) => {
    const scenario = aScenario({ config, services });
    const { world } = scenario;
    await scenario.deploy("v1");
    await scenario.deploy("v2");
    world.restart();
    world.behaviours.set("v2", { exits: ["web"] });
    for (const one of world.state.containers.values()) {
      if (one.service !== "web" || one.place !== "green") continue;
      Object.assign(one, { state: "exited", exitCode: 1, finishedAt: world.clock.now().toISOString() });
    }
    world.calls.fault = ({ name }) => (name === "journal.append step-intent shift-1" ? "crash" : undefined);
    await scenario.rollback(to).catch(() => undefined);
    expect(world.calls.log.at(-1)).toBe("journal.append step-intent shift-1");
    world.restart();
    expect(await scenario.rollback(to)).toMatchObject({ exitCode: 0, outcome: "live", serving: { tag: "v1" } });
    expect(reached(scenario)).toEqual({ web: ["v1"] });
  });
});
