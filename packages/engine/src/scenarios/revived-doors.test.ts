import { SluiceError } from "@sluice/core";
import { aService } from "@sluice/testing";
import { describe, expect, it } from "vitest";
import { aScenario, reached, type Scenario } from "../../test/support/scenario.ts";

async function live(): Promise<Scenario> {
  const scenario = aScenario();
  await scenario.deploy("v1");
  scenario.world.restart();
  return scenario;
}

function killDoors({ world }: Scenario, which = (_service: string) => true): void {
  for (const door of world.state.doors.values()) if (which(door.service)) door.running = false;
}

const onPorts = (...published: readonly number[]) => ({
  ports: published.map((port) => ({ published: port, target: 3000, protocol: "tcp" as const })),
});

it("a door that is killed at any moment before the end of a deployment runs again then, and leads to what is said to serve", async () => {
  const whole = await live();
  const before = whole.world.calls.log.length;
  await whole.deploy("v2");
  // Afterwards there is nothing that would still look at it: it is said that nothing serves.
  const effects = whole.world.calls.log.indexOf("journal.append step-outcome promote-1", before) - before;
  expect(effects).toBeGreaterThan(20);
  const wrong: object[] = [];
  for (let effect = 1; effect < effects; effect++) {
    const scenario = await live();
    const { calls } = scenario.world;
    const at = calls.log.length + effect;
    calls.fault = ({ index }) => (index === at ? () => killDoors(scenario) : undefined);
    const { outcome, exitCode, serving } = await scenario.deploy("v2");
    const users = reached(scenario);
    const isTrue = exitCode === 0 ? serving?.tag === "v2" : exitCode < 30 && serving?.tag === "v1";
    if (!isTrue || users["web"]?.join() !== serving?.tag) {
      wrong.push({ killed: calls.log[at - 1], outcome, serving: serving?.tag, users });
    }
  }
  expect(wrong).toEqual([]);
});

it("one that was stopped before runs again before anything else is done", async () => {
  const scenario = await live();
  killDoors(scenario);
  const { calls } = scenario.world;
  const before = calls.log.length;
  expect(await scenario.deploy("v2")).toMatchObject({ outcome: "live", serving: { tag: "v2" } });
  const effects = calls.log.slice(before).filter((name) => !name.startsWith("journal."));
  expect(effects.findIndex((name) => name.startsWith("doors.ensure"))).toBeLessThan(
    effects.findIndex((name) => name.startsWith("images.build")),
  );
  expect(reached(scenario)).toEqual({ web: ["v2"] });
});

it("one that is removed when the candidate is to be verified runs again, and nothing waits for it", async () => {
  const scenario = await live();
  const { calls } = scenario.world;
  calls.fault = ({ name }) => (name === "journal.append step-intent verify-1" ? () => killDoors(scenario) : undefined);
  const before = calls.log.length;
  expect(await scenario.deploy("v2")).toMatchObject({ outcome: "live", serving: { tag: "v2" } });
  const effects = calls.log.slice(before);
  const verified = effects.indexOf("journal.append step-intent verify-1");
  expect(verified).toBeGreaterThan(0);
  expect(effects.indexOf("doors.ensure web", verified)).toBeLessThan(
    effects.indexOf("router.waitServers door web at green", verified),
  );
});

it("one that is down when an attempt that was killed is undone runs again", async () => {
  const scenario = await live();
  const { calls } = scenario.world;
  calls.fault = ({ name }) => (name === "journal.append step-intent shift-1" ? "crash" : undefined);
  await scenario.deploy("v2");
  scenario.world.restart();
  killDoors(scenario);
  expect(await scenario.recover("undo")).toMatchObject({ exitCode: 0, serving: { tag: "v1" } });
  expect(reached(scenario)).toEqual({ web: ["v1"] });
});

describe("a door that does not answer once when the candidate is to be verified", () => {
  const isVerified = ({ world }: Scenario) => world.calls.log.includes("journal.append step-intent verify-1");

  /** It answers again, or it is down in earnest. */
  function missAnswer(scenario: Scenario, how: "hiccup" | "down"): void {
    let isFirst = true;
    scenario.world.calls.fault = ({ name }) => {
      if (!isFirst || !isVerified(scenario) || !name.startsWith("router.routing door")) return undefined;
      isFirst = false;
      return how === "down" ? () => killDoors(scenario) : new SluiceError("DOOR_FAILED", "docker exec: timeout");
    };
  }

  it.each(["hiccup", "down"] as const)("keeps the port that its step has given it: %s", async (how) => {
    const scenario = aScenario({ services: [aService("web", onPorts(80))] });
    await scenario.deploy("v1");
    scenario.world.restart();
    missAnswer(scenario, how);
    const services = [aService("web", onPorts(80, 81))];
    expect(await scenario.deploy("v2", { services })).toMatchObject({ outcome: "live", exitCode: 0 });
    expect([...scenario.world.state.doors.values()].map(({ ports }) => ports)).toEqual([[80, 81]]);
  });

  it.each(["hiccup", "down"] as const)("has no proxy of the project made anew before its step: %s", async (how) => {
    const services = [aService("web", { ports: [] }), aService("proxy", { role: "edge", ...onPorts(80) })];
    const scenario = aScenario({ services });
    await scenario.deploy("v1", { files: { proxy: "of v1" } });
    scenario.world.restart();
    missAnswer(scenario, how);
    expect(await scenario.deploy("v2", { files: { proxy: "of v2" } })).toMatchObject({ outcome: "live" });
    const { log } = scenario.world.calls;
    const makes = log.filter((name) => name === "base.up proxy: create");
    expect(makes).toHaveLength(1);
    expect(log.indexOf("base.up proxy: create")).toBeGreaterThan(log.indexOf("journal.append step-intent base-1"));
    expect(log.slice(0, log.indexOf("journal.append step-intent shift-1")).includes("base.rereadNames")).toBe(
      how === "down",
    );
  });
});

it("a door that goes down before the cutover has no proxy read the files of a candidate that names services otherwise", async () => {
  const at = (api: string) => [
    aService("web", { ports: [] }),
    aService(api, { ports: [] }),
    aService("proxy", { role: "edge", ...onPorts(80) }),
  ];
  const scenario = aScenario({ services: at("api") });
  await scenario.deploy("v1", { files: { proxy: "of v1" } });
  scenario.world.restart();
  const { calls } = scenario.world;
  const begin = calls.log.length;
  calls.fault = ({ name }) =>
    name === "journal.append step-intent verify-1"
      ? () => killDoors(scenario, (service) => service === "web")
      : undefined;
  const v2 = { services: at("core"), files: { proxy: "of v2" } };
  expect(await scenario.deploy("v2", v2)).toMatchObject({ outcome: "live", serving: { tag: "v2" } });
  const told = calls.log
    .slice(begin)
    .filter((name) => /^base.(?:up proxy: start|rereadNames)|-intent shift-1/.test(name));
  // With those of before, until the cutover.
  expect(told.slice(0, 3)).toEqual(["base.up proxy: start", "base.rereadNames", "journal.append step-intent shift-1"]);
  const { containers } = scenario.world.state;
  const files = [...containers.values()].flatMap(({ service, file }) => (service === "proxy" ? [file] : []));
  expect(files).toEqual(["of v2"]);
});
