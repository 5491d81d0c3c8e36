import { type ServiceFacts, SluiceError } from "@sluice/core";
import { aService } from "@sluice/testing";
import { describe, expect, it } from "vitest";
import { killEverywhere } from "../../test/support/enumerate.ts";
import { aScenario, reached, type Scenario } from "../../test/support/scenario.ts";

type Services = readonly ServiceFacts[];

const on = (...published: readonly number[]): Pick<ServiceFacts, "ports" | "port"> => ({
  ports: published.map((one) => ({ published: one, target: 3000, protocol: "tcp" })),
  port: 3000,
});
const web = (name: string, ...published: number[]) => aService(name, on(...published));
const edge = (name: string, ...published: number[]) => aService(name, { role: "edge", ...on(...published) });
const support = (name: string, ...published: number[]) => aService(name, { role: "support", ...on(...published) });
const recreated = (name: string, ...published: number[]) =>
  aService(name, { strategy: "recreate", ...on(...published) });
const worker = (name: string, parts: Partial<ServiceFacts> = {}) =>
  aService(name, { role: "worker", ports: [], port: null, ...parts });
const app = web("app", 3001);

/** What the proxy mounts changes with each release. */
const first = (services: Services) => ({ services, files: { proxy: "of v1" } });
const then = (services: Services) => ({ services, files: { proxy: "of v2" } });

/** Who has which ports of the machine now. */
function held({ world: { state } }: Scenario): Readonly<Record<number, string>> {
  const doors = [...state.doors.values()].filter(({ kind, running, dark }) => kind === "door" && running && !dark);
  const inBase = [...state.containers.values()].filter(
    (one) => (one.place === "base" || one.place === "plain") && one.state === "running",
  );
  const all = [
    ...doors.flatMap(({ service, ports }) => ports.map((port) => [port, `door ${service}`] as const)),
    ...inBase.flatMap(({ service, facts }) => facts.ports.map(({ published }) => [published, service] as const)),
  ];
  expect(new Set(all.map(([port]) => port)).size).toBe(all.length);
  return Object.fromEntries(all);
}

/** What a rollback ends as, and whether the ports are where they were. */
const waysBack = {
  whole: ["live: v1", true],
  // What the release before has not is how users come in: it stays, and is told.
  kept: ["live: v1", false],
  refused: ["RELEASE_REFUSED", false],
} as const;

/** Two releases between which a port changes hands, what takes it, as the fake world calls that, and the way back. */
const moves: readonly (readonly [string, Services, Services, RegExp, keyof typeof waysBack])[] = [
  [
    "an edge is put before a web service",
    [web("web", 80)],
    [web("web", 8080), edge("proxy", 80)],
    /^base\.up proxy: start/,
    "kept",
  ],
  [
    "an edge gives its port to a web service",
    [web("web", 8080), edge("proxy", 80)],
    [web("web", 80), edge("proxy", 8443)],
    /^doors\.ensure web: take over/,
    "whole",
  ],
  [
    "an edge goes, and a web service takes its port",
    [web("web"), edge("proxy", 80)],
    [web("web", 80)],
    /^doors\.ensure web: take over/,
    "whole",
  ],
  [
    "a web service goes, and an edge takes its port",
    [app, web("web", 80)],
    [app, edge("proxy", 80)],
    /^base\.up proxy: start/,
    "refused",
  ],
  [
    "a web service becomes an edge",
    [app, web("proxy", 80)],
    [app, edge("proxy", 80)],
    /^base\.up proxy: start/,
    "whole",
  ],
  [
    "a web service becomes support",
    [app, web("dash", 80)],
    [app, support("dash", 80)],
    /^base\.up dash: start/,
    "whole",
  ],
  [
    "support becomes a web service",
    [app, support("dash", 80)],
    [app, web("dash", 80)],
    /^doors\.ensure dash: take/,
    "whole",
  ],
  [
    "a web service gives its port to one that is replaced stop-first",
    [web("web", 80)],
    [web("web", 8080), recreated("front", 80)],
    /^base\.up front: start/,
    "kept",
  ],
  [
    "one that is replaced stop-first gives its port to another",
    [app, recreated("b"), recreated("a", 80)],
    [app, recreated("b", 80), recreated("a")],
    /^base\.up b: start/,
    "whole",
  ],
  [
    "two that are replaced stop-first go into slots, and one gives its port to the other",
    [app, recreated("a", 80), recreated("b", 81)],
    [app, web("b", 80), web("a", 82)],
    /^doors\.ensure b: take/,
    "whole",
  ],
  [
    "an edge gives its port to a web service that is new",
    [web("api"), edge("proxy", 80)],
    [web("site", 80), edge("proxy", 8443)],
    /^doors\.ensure site: take over/,
    "whole",
  ],
];

/** More of which the way back must be in order, from wherever after the cutover. */
const waysBackInOrder: readonly (readonly [string, Services, Services])[] = [
  ["a web service is split into two", [web("app", 80, 443)], [web("site1", 80), web("site2", 443)]],
  ["a web service becomes support, and another takes its port", [web("app", 80)], [web("site", 80), support("app")]],
  [
    "a web service is replaced stop-first from now on, and another takes its port",
    [web("app", 80)],
    [web("site", 80), recreated("app")],
  ],
  [
    "an edge gives its port to a web service, and a worker is replaced stop-first",
    [web("web"), edge("proxy", 80), worker("cron", { strategy: "recreate" })],
    [web("web", 80), edge("proxy", 8443), worker("cron", { strategy: "recreate" })],
  ],
  [
    "an edge gives its ports to two web services",
    [web("web"), web("api"), edge("proxy", 80, 443)],
    [web("web", 80), web("api", 443), edge("proxy", 8443)],
  ],
  [
    "an edge gives its ports to two that are replaced stop-first",
    [recreated("a"), recreated("b"), edge("proxy", 80, 443)],
    [recreated("a", 80), recreated("b", 443), edge("proxy", 8443)],
  ],
];

describe("a published port changes hands", () => {
  it.each(moves)("where %s, and goes back", async (_title, before, after, _taking, way) => {
    const scenario = aScenario();
    await scenario.deploy("v1", first(before));
    const had = held(scenario);
    await expect(scenario.deploy("v2", then(after))).resolves.toMatchObject({ outcome: "live" });
    expect(held(scenario)).toEqual(expect.objectContaining({ 80: expect.anything() }));
    const back = await scenario.rollback(undefined, then(after)).then(
      ({ outcome, serving }) => `${outcome}: ${serving?.tag}`,
      (error: unknown) => (error instanceof SluiceError ? error.code : String(error)),
    );
    const isAsBefore = JSON.stringify(held(scenario)) === JSON.stringify(had);
    expect([back, isAsBefore]).toEqual(waysBack[way]);
    expect(80 in held(scenario)).toBe(true);
    expect(scenario.world.violations).toEqual([]);
  });

  it.each(moves)("not where %s and that fails: it is as before", async (_title, before, after, taking) => {
    const scenario = aScenario();
    await scenario.deploy("v1", first(before));
    const [had, users] = [held(scenario), reached(scenario)];
    let isFirst = true;
    scenario.world.calls.fault = ({ name }) => {
      if (!isFirst || !taking.test(name)) return undefined;
      isFirst = false;
      return new SluiceError("START_FAILED", "it does not start");
    };
    await expect(scenario.deploy("v2", then(after))).resolves.toMatchObject({ outcome: "rolled-back" });
    expect(isFirst).toBe(false);
    expect(held(scenario)).toEqual(had);
    expect(reached(scenario)).toMatchObject(users);
    expect(scenario.world.violations).toEqual([]);
  });

  const inOrder = [...moves.map(([title, before, after]) => [title, before, after] as const), ...waysBackInOrder];
  it.each(inOrder)("nor where %s and something fails later", async (_title, before, after) => {
    const scenario = aScenario();
    await scenario.deploy("v1", first(before));
    const [had, users] = [held(scenario), reached(scenario)];
    let isFirst = true;
    scenario.world.calls.fault = ({ name }) => {
      if (!isFirst || !name.startsWith("journal.append step-intent promote-")) return undefined;
      isFirst = false;
      return new SluiceError("CHECK_FAILED", "it does not hold");
    };
    await expect(scenario.deploy("v2", then(after))).resolves.toMatchObject({ outcome: "rolled-back" });
    expect(held(scenario)).toEqual(had);
    expect(reached(scenario)).toMatchObject(users);
    scenario.world.restart();
    expect(scenario.world.leftovers()).toEqual([]);
  });

  it.each(moves)("wherever the deployer is killed where %s", async (_title, before, after) => {
    const { broken } = await killEverywhere({
      given: async () => {
        const scenario = aScenario();
        await scenario.deploy("v1", first(before));
        return scenario;
      },
      when: (scenario) => scenario.deploy("v2", then(after)),
      next: (scenario) => scenario.recover(undefined, then(after)),
      holds: (scenario) => (80 in held(scenario) ? [] : ["nobody has port 80"]),
    });
    expect(broken).toEqual([]);
  });

  describe.each(["is gone", "is stopped"] as const)("where all of the stack %s", (how) => {
    it.each([...inOrder, ["two swap theirs", [web("a", 80), web("b", 81)], [web("a", 81), edge("b", 80)]] as const])(
      "and %s: nobody has it any more",
      async (_title, before, after) => {
        const scenario = aScenario();
        await scenario.deploy("v1", first(before));
        const { containers, doors } = scenario.world.state;
        if (how === "is gone") for (const all of [containers, doors]) all.clear();
        for (const container of containers.values()) container.state = "exited";
        for (const door of doors.values()) door.running = false;
        scenario.world.restart();
        await expect(scenario.deploy("v2", then(after))).resolves.toMatchObject({ outcome: "live" });
        expect(held(scenario)).toEqual(expect.objectContaining({ 80: expect.anything() }));
      },
    );
  });

  it("not where no order helps: that is refused before anything is done", async () => {
    const scenario = aScenario();
    const before = [web("web", 80), edge("proxy", 81)];
    await scenario.deploy("v1", first(before));
    const { length } = scenario.world.calls.log;
    const swapped = [web("web", 81), edge("proxy", 80)];
    await expect(scenario.deploy("v2", { services: swapped })).rejects.toMatchObject({
      code: "RELEASE_REFUSED",
      exitCode: 10,
      hint: expect.stringMatching(/^do it in two releases: /),
    });
    expect(scenario.world.calls.log.slice(length).filter((name) => /build|up|ensure/.test(name))).toEqual([]);
  });
});
