import { SluiceError } from "@sluice/core";
import { aProject, aService } from "@sluice/testing";
import { describe, expect, it } from "vitest";
import { aScenario, reached, type Scenario, shopServices } from "../../test/support/scenario.ts";

const beside = ["plain", "base"];

/** A first deployment is killed before it takes over what plain Compose runs, by the end of its machine. */
async function rebooted(services = shopServices): Promise<Scenario> {
  const scenario = aScenario({ services });
  const { world } = scenario;
  world.runPlain(aProject({ services }));
  world.calls.fault = ({ name }) => (name === "journal.append step-intent adopt-1" ? "crash" : undefined);
  await scenario.deploy("v1").catch(() => undefined);
  expect(world.calls.log.at(-1)).toBe("journal.append step-intent adopt-1");
  world.restart();
  for (const one of world.state.containers.values())
    Object.assign(one, { state: "exited", exitCode: 137, finishedAt: world.clock.now().toISOString() });
  world.clock.advance(120_000);
  return scenario;
}

function statesOf({ world }: Scenario): readonly string[] {
  return [...world.state.containers.values()]
    .filter(({ place }) => beside.includes(place))
    .map(({ service, place, state }) => `${service}@${place} ${state}`)
    .toSorted();
}

describe("a first deployment that is undone after its machine was restarted", () => {
  it("leads users to what plain Compose ran, which runs again with what it needs", async () => {
    const scenario = await rebooted();
    expect(await scenario.recover("undo")).toMatchObject({ outcome: "interrupted", exitCode: 0 });
    expect(statesOf(scenario)).toEqual(["db@base running", "web@plain running", "worker@plain running"]);
    expect(reached(scenario)).toEqual({ web: ["plain"] });
    const { log } = scenario.world.calls;
    expect(log.indexOf("slots.startPlain db")).toBeLessThan(log.indexOf("slots.startPlain web"));
  });

  it("has what needs the database wait until that is ready, and nothing else", async () => {
    const waiting = shopServices.map((one) => (one.name === "web" ? { ...one, dependsOn: ["db"] } : one));
    const scenario = await rebooted(waiting);
    const { calls, clock } = scenario.world;
    const begunMs: Record<string, number> = {};
    calls.fault = ({ name }) => {
      begunMs[name] = clock.monotonicMs();
      return name === "slots.waitPlain db" ? "hang" : undefined;
    };
    expect(await scenario.recover("undo")).toMatchObject({ exitCode: 0 });
    const {
      "slots.startPlain db": db = 0,
      "slots.startPlain web": web = 0,
      "slots.startPlain worker": worker = 0,
    } = begunMs;
    expect(worker - db).toBeLessThan(1_000);
    expect(web - db).toBeGreaterThanOrEqual(30_000);
    expect(statesOf(scenario)).toEqual(["db@base running", "web@plain running", "worker@plain running"]);
  });

  it("is for a person where that breaks down as soon as it has started", async () => {
    const scenario = await rebooted();
    const { calls, state } = scenario.world;
    calls.fault = ({ name }) => {
      if (name !== "slots.waitPlain web") return undefined;
      return () => {
        for (const one of state.containers.values())
          if (one.service === "web") Object.assign(one, { state: "exited", exitCode: 1 });
      };
    };
    expect(await scenario.recover("undo")).toMatchObject({
      outcome: "needs-person",
      exitCode: 30,
      reason: expect.stringMatching(/^undone: .*; web does not run/),
    });
  });

  it("leaves down what somebody stopped", async () => {
    const scenario = await rebooted();
    for (const one of scenario.world.state.containers.values()) {
      if (one.service === "worker" || !beside.includes(one.place)) continue;
      Object.assign(one, { state: "running", startedAt: "2000-01-01T00:00:00Z" });
    }
    expect(await scenario.recover("undo")).toMatchObject({ exitCode: 0 });
    expect(statesOf(scenario)).toEqual(["db@base running", "web@plain running", "worker@plain exited"]);
  });

  it("has a database that was made anew in base by then", async () => {
    const scenario = await rebooted();
    for (const one of scenario.world.state.containers.values()) if (one.service === "db") one.byPlainCompose = false;
    expect(await scenario.recover("undo")).toMatchObject({ exitCode: 0 });
    expect(statesOf(scenario)).toEqual(["db@base running", "web@plain running", "worker@plain running"]);
  });

  it("is for nobody where somebody has taken away what plain Compose ran", async () => {
    const scenario = await rebooted();
    const { containers } = scenario.world.state;
    for (const [id, { place }] of containers) if (beside.includes(place)) containers.delete(id);
    expect(await scenario.recover("undo")).toMatchObject({ exitCode: 0 });
  });

  it("is for a person where that does not start, and says what users do not reach", async () => {
    const admin = aService("admin", { ports: [{ published: 9090, target: 3000, protocol: "tcp" }] });
    const scenario = await rebooted([...shopServices, admin]);
    const { world } = scenario;
    world.calls.fault = ({ name }) =>
      name === "slots.startPlain web" ? new SluiceError("START_FAILED", "its network is gone") : undefined;
    expect(await scenario.recover("undo")).toMatchObject({
      outcome: "needs-person",
      exitCode: 30,
      reason: expect.stringMatching(/^undone: .*; web does not run/),
    });
    expect(world.events.at(-1)).toMatchObject({ undone: true, shut: ["web"] });
    expect(reached(scenario)["admin"]).toEqual(["plain"]);
    world.calls.fault = () => undefined;
    expect(await scenario.recover("undo")).toMatchObject({ exitCode: 0 });
    expect(reached(scenario)).toEqual({ web: ["plain"], admin: ["plain"] });
  });
});
