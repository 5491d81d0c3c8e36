import { isSluiceError, type ServiceFacts, SluiceError } from "@sluice/core";
import { aConfig, addContainer, aService } from "@sluice/testing";
import { describe, expect, it } from "vitest";
import { type Enumeration, killEverywhere, problemsOf } from "../../test/support/enumerate.ts";
import { aScenario, reached, type Scenario, shopServices } from "../../test/support/scenario.ts";

const published = (port: number) => [{ published: port, target: 4000, protocol: "tcp" as const }];
const web = aService("web");
const worker = aService("worker", { role: "worker" });

/** A service that is in base in one release and in slots in the other, beside services that are in slots in both. */
const shapes: readonly (readonly [string, readonly ServiceFacts[], ServiceFacts, ServiceFacts])[] = [
  ["a web service with a port", [web, worker], ...placesOf(aService("admin", { port: 4000, ports: published(9090) }))],
  ["a web service without ports", [web, worker], ...placesOf(aService("admin", { port: 4000, ports: [] }))],
  [
    "a web service that is a support service in base",
    [web, worker],
    ...supportOf(aService("admin", { port: 4000, ports: published(9090) })),
  ],
  ["the only web service", [worker], ...placesOf(web)],
  ["a worker", [web], ...placesOf(worker)],
  ["a worker that may overlap", [web], ...placesOf({ ...worker, overlap: true })],
];

function placesOf(inSlots: ServiceFacts): [ServiceFacts, ServiceFacts] {
  return [{ ...inSlots, strategy: "recreate" }, inSlots];
}

function supportOf(inSlots: ServiceFacts): [ServiceFacts, ServiceFacts] {
  return [{ ...inSlots, role: "support", strategy: "recreate" }, inSlots];
}

const config = aConfig({ rollout: { steps: [50, 100] } });

/** Where users of a service are answered; where it has none, what runs of it is. */
function placeOf(scenario: Scenario, { name, role }: ServiceFacts): string {
  const { containers } = scenario.world.state;
  const running = [...containers.values()].filter((one) => one.service === name && one.state === "running");
  const places = new Set(running.map(({ place }) => (place === "base" ? "base" : "slots")));
  return role === "worker"
    ? [...places].join(" and ") || "nowhere"
    : (reached(scenario)[name]?.join(" and ") ?? "base");
}

/** What is wrong with a stack that is to have the service in base by `base`, or in slots by `slots`. */
function problemsAt(scenario: Scenario, service: ServiceFacts, tag: string, isInBase: boolean): readonly string[] {
  const wanted = isInBase ? "base" : service.role === "worker" ? "slots" : tag;
  const place = placeOf(scenario, service);
  const others = Object.entries(reached(scenario)).filter(([name]) => name !== service.name);
  const lost = others.filter(([, tags]) => tags.join() !== tag).map(([name, tags]) => `${name} is at ${tags.join()}`);
  const left = [...scenario.world.state.containers.values()].filter(
    (one) => !isInBase && one.place === "base" && one.service === service.name,
  );
  return [
    ...(place === wanted ? [] : [`${service.name} is ${place}, not ${wanted}`]),
    ...lost,
    ...left.map(({ name, state }) => `${name} is left ${state}`),
  ];
}

interface Move {
  /** Releases that were deployed before; `true` has the service in base. */
  readonly places: readonly boolean[];
  readonly tag: string;
  readonly isInBase: boolean;
  readonly run: (scenario: Scenario) => ReturnType<Scenario["deploy"]>;
  /** Every how many effects fail, or have the deployer killed before them. */
  readonly step: number;
}

describe.each(shapes)("%s", (_title, others, inBase, inSlots) => {
  const services = (isInBase: boolean) => [...others, isInBase ? inBase : inSlots];
  const given = async (...places: readonly boolean[]) => {
    const scenario = aScenario({ config });
    for (const [index, isInBase] of places.entries()) {
      await scenario.deploy(`v${index + 1}`, { services: services(isInBase) });
      scenario.world.clock.advance(1_000);
    }
    scenario.world.restart();
    return scenario;
  };
  const deploy = (scenario: Scenario, tag: string, isInBase: boolean) =>
    scenario.deploy(tag, { services: services(isInBase) });

  const into: Move = { places: [true], tag: "v2", isInBase: false, run: (one) => deploy(one, "v2", false), step: 3 };
  const back: Move = {
    places: [true, false],
    tag: "v1",
    isInBase: true,
    run: (one) => deploy(one, "v1", true),
    step: 12,
  };
  const again: Move = { ...back, places: [false, true], isInBase: false };
  const moves: readonly (readonly [string, Move])[] = [
    ["goes into slots", into],
    ["goes back into base by a rollback", { ...back, run: (one) => one.rollback("v1", { services: services(false) }) }],
    ["goes back into base by deploying the older release", back],
    [
      "goes back into slots by a rollback",
      { ...again, run: (one) => one.rollback("v1", { services: services(true) }) },
    ],
    [
      "goes back into slots by a rollback in the checkout of the target",
      { ...again, run: (one) => one.rollback(undefined, { services: services(false) }) },
    ],
  ];

  describe.each(moves)("that %s", (_way, { places, tag, isInBase, run, step }) => {
    const wasInBase = places.at(-1) === true;
    const problems = (scenario: Scenario, isDone: boolean) =>
      isDone
        ? problemsAt(scenario, inSlots, tag, isInBase)
        : problemsAt(scenario, inSlots, `v${places.length}`, wasInBase);

    it("is there from the first moment to the last", async () => {
      const scenario = await given(...places);
      expect(await run(scenario)).toMatchObject({ outcome: "live", serving: { tag, share: 100 } });
      expect(problems(scenario, true)).toEqual([]);
      expect(await problemsOf(scenario)).toEqual([]);
    });

    it("is where it was after a failure, whichever effect fails", async () => {
      const wrong: string[] = [];
      const before = await given(...places);
      for (let at = 1; ; at += step) {
        const scenario = before.copy();
        let effect = "";
        scenario.world.calls.fault = ({ index, name }) => {
          if (index !== at) return undefined;
          effect = name;
          return new SluiceError("ENGINE_FAILED", `${name} failed`);
        };
        const code = await run(scenario).then(
          ({ exitCode }) => exitCode,
          () => 10,
        );
        if (effect === "") break;
        const found = [...scenario.world.violations, ...problems(scenario, code === 0)].filter(
          // What could not be removed of what had served is stopped, and goes with the next deployment.
          (text) => !(effect.startsWith("slots.removePlain") && text.endsWith("is left exited")),
        );
        wrong.push(...found.map((text) => `${at} ${effect}, exit ${code}: ${text}`));
      }
      expect(wrong.slice(0, 8)).toEqual([]);
    });

    const killed = async (plan: Pick<Enumeration, "next" | "holds">) => {
      const { kills, broken } = await killEverywhere({ given: () => given(...places), when: run, step, ...plan });
      expect(broken.slice(0, 5)).toEqual([]);
      expect(kills * step).toBeGreaterThan(20);
    };

    it("may be killed before every effect, and the next run does it", () =>
      killed({
        next: (scenario) => deploy(scenario, tag, isInBase),
        holds: (scenario) => problems(scenario, true),
      }));

    it("may be killed before every effect, and is undone where a person wants that", () => {
      let isDone = false;
      return killed({
        next: async (scenario) => {
          const checkedOut = { services: services(wasInBase) };
          await scenario.recover("undo", checkedOut).catch((error: unknown) => {
            if (!isSluiceError(error) || error.code !== "RECOVERY_REFUSED") throw error;
            return scenario.recover("finish", checkedOut);
          });
          const last = scenario.world.events.findLast((event) => event.type === "deployment-end");
          isDone = last?.serving?.tag === tag;
        },
        holds: (scenario) => problems(scenario, isDone),
      });
    });
  });

  it("is where it was where a worker of the release does not start, and goes with the next release", async () => {
    const scenario = await given(true);
    scenario.world.behaviours.set("v2", { exits: ["worker"] });
    const result = await deploy(scenario, "v2", false);
    expect(result).toMatchObject({ outcome: "rolled-back", exitCode: 21, serving: { tag: "v1", share: 100 } });
    expect(problemsAt(scenario, inSlots, "v1", true)).toEqual([]);
    expect(await problemsOf(scenario)).toEqual([]);
    expect(await deploy(scenario, "v1", true)).toMatchObject({ outcome: "nothing-to-do" });
    expect(await deploy(scenario, "v3", false)).toMatchObject({ outcome: "live", serving: { tag: "v3" } });
    expect(problemsAt(scenario, inSlots, "v3", false)).toEqual([]);
    expect(await problemsOf(scenario)).toEqual([]);
  });

  it("stays in base until everyone goes to the release", async () => {
    const scenario = await given(true);
    const early: string[] = [];
    let hasCome = false;
    scenario.world.calls.fault = ({ name }) => {
      hasCome ||= /step-intent (?:adopt|workers)-1$/.test(name);
      if (!hasCome && placeOf(scenario, inSlots) !== "base") early.push(name);
      return undefined;
    };
    await deploy(scenario, "v2", false);
    expect(early).toEqual([]);
    expect(hasCome).toBe(true);
  });
});

describe("what gives way to a slot, and was no web service of the release that serves", () => {
  const admin = aService("admin", { builds: false, port: 4000, ports: published(9090) });
  const failing = async (services: readonly ServiceFacts[], begin: (scenario: Scenario) => void = () => undefined) => {
    const scenario = aScenario({ services, config });
    await scenario.deploy("v1");
    begin(scenario);
    scenario.world.restart();
    scenario.world.behaviours.set("v2", { exits: ["worker"] });
    const result = await scenario.deploy("v2", { services: [...shopServices, admin] });
    expect(result).toMatchObject({ outcome: "rolled-back", serving: { tag: "v1" } });
    expect(scenario.world.violations).toEqual([]);
    const { containers, doors } = scenario.world.state;
    expect([...doors.values()].map(({ service }) => service)).toEqual(["web"]);
    return [...containers.values()].flatMap(({ service, place, state }) =>
      service === "admin" ? [`${place} ${state}`] : [],
    );
  };

  it("runs again after a failure where it was a support service", async () => {
    expect(await failing([...shopServices, { ...admin, role: "support", strategy: "recreate" }])).toEqual([
      "base running",
    ]);
  });

  it("runs again after a failure where plain Compose runs what the release that serves does not know", async () => {
    const started = await failing(shopServices, ({ world }) => {
      addContainer(world.state, { place: "plain", facts: admin, state: "running" });
    });
    expect(started).toEqual(["plain running"]);
  });
});

it("a service that had left its slot when the run was killed was down: what fails then was rolled back", async () => {
  const [recreated] = placesOf(web);
  const v2 = { services: [worker, recreated] };
  const scenario = aScenario({ services: [worker, web] });
  await scenario.deploy("v1");
  scenario.world.restart();
  scenario.world.calls.fault = ({ name }) => (name === "journal.append step-intent recreate-1" ? "crash" : undefined);
  await scenario.deploy("v2", v2).catch(() => undefined);
  scenario.world.restart();
  scenario.world.calls.fault = ({ name }) =>
    name.startsWith("base.up") ? new SluiceError("START_FAILED", "no memory") : undefined;
  expect(await scenario.recover("finish", v2)).toMatchObject({
    outcome: "rolled-back",
    exitCode: 21,
    serving: { tag: "v1" },
  });
});

it("what has left the slots is gone back to, though only what is new runs in them as the way back is cut short", async () => {
  const before = [aService("web", { ports: published(80) })];
  const after = [
    aService("web", { ports: published(80), strategy: "recreate" }),
    aService("admin", { ports: published(81) }),
  ];
  const scenario = aScenario({ services: before, config });
  await scenario.deploy("v1");
  scenario.world.restart();
  let isFirst = true;
  scenario.world.calls.fault = ({ name }) => {
    if (name === "journal.append undo-intent recreate-1") return "crash";
    if (!isFirst || name !== "base.up web: start") return undefined;
    isFirst = false;
    return new SluiceError("START_FAILED", "web does not start");
  };
  await scenario.deploy("v2", { services: after }).catch(() => undefined);
  scenario.world.restart();
  expect(await scenario.recover(undefined, { services: after })).toMatchObject({
    outcome: "interrupted",
    serving: { tag: "v1", share: 100 },
  });
  expect(reached(scenario)).toEqual({ web: ["v1"] });
  expect(scenario.world.leftovers()).toEqual([]);
});

it("what was a web service and is a proxy from now on leaves nothing behind that would be taken for what serves", async () => {
  const proxy = aService("proxy", { port: 4000, ports: published(80) });
  const app = aService("app", { strategy: "recreate", ports: [] });
  const after = [{ ...proxy, role: "edge" as const, strategy: "recreate" as const }, app, worker];
  const scenario = aScenario({ services: after, config });
  await scenario.deploy("v1", { services: [proxy] });
  scenario.world.restart();
  expect(await scenario.deploy("v2")).toMatchObject({ outcome: "live", serving: { tag: "v2" } });
  expect(await problemsOf(scenario)).toEqual([]);
  const { containers } = scenario.world.state;
  const running = [...containers.values()].filter(({ state }) => state === "running");
  expect(running.map(({ service, place }) => `${service} ${place}`).toSorted()).toEqual([
    "app base",
    "proxy base",
    "worker green",
  ]);
});

describe("what has left the slots, though what it left could not be stopped", () => {
  const before = [aService("web", { ports: [] }), aService("admin", { ports: [] })];
  const runningIn = ({ world }: Scenario, slot: string) =>
    [...world.state.containers.values()]
      .flatMap(({ place, service, state }) => (place === slot && state === "running" ? [service] : []))
      .toSorted();
  const moved = async () => {
    const scenario = aScenario({ services: [aService("web", { ports: [], strategy: "recreate" })] });
    await scenario.deploy("v1", { services: before });
    scenario.world.restart();
    const { calls } = scenario.world;
    let hasFailed = false;
    calls.fault = ({ name }) => {
      const isRetired = calls.log.includes("journal.append step-intent retire-1");
      if (hasFailed || !isRetired || !name.startsWith("slots.stop")) return undefined;
      hasFailed = true;
      return new SluiceError("ENGINE_FAILED", "the container does not stop");
    };
    const result = await scenario.deploy("v2");
    expect(hasFailed).toBe(true);
    return { scenario, result };
  };

  it("serves in base", async () => {
    const { result } = await moved();
    expect(result).toMatchObject({ outcome: "live", exitCode: 0, serving: { tag: "v2", slot: null, share: 100 } });
  });

  it("is what the next release comes after: nobody is led to what is left", async () => {
    const { scenario } = await moved();
    const { calls } = scenario.world;
    const begin = calls.log.length;
    expect(await scenario.deploy("v3")).toMatchObject({ outcome: "live", serving: { tag: "v3", slot: null } });
    expect(calls.log.slice(begin).filter((name) => name.startsWith("doors.ensure"))).toEqual([]);
  });

  it("goes back to the release before it", async () => {
    const { scenario } = await moved();
    expect(await scenario.rollback()).toMatchObject({ outcome: "live", serving: { tag: "v1" } });
    expect(runningIn(scenario, "blue")).toEqual([]);
  });

  it.each([
    ["the next release", (scenario: Scenario) => scenario.deploy("v3"), "v3"],
    ["the next release, which is in slots", (scenario: Scenario) => scenario.deploy("v3", { services: before }), "v3"],
    ["the same release, deployed once more", (scenario: Scenario) => scenario.deploy("v2"), "v2"],
    ["going back to what serves", (scenario: Scenario) => scenario.rollback("v2"), "v2"],
  ])("what is left is stopped by %s", async (_title, next, tag) => {
    const { scenario } = await moved();
    expect(runningIn(scenario, "blue")).toEqual(["admin"]);
    const violations = [...scenario.world.violations];
    expect(await next(scenario)).toMatchObject({ outcome: "live", exitCode: 0, serving: { tag, share: 100 } });
    expect(runningIn(scenario, "blue")).toEqual([]);
    expect(scenario.world.violations).toEqual(violations);
  });

  it("what is left is stopped where nothing else is to be done, and nothing else is touched", async () => {
    const { scenario } = await moved();
    const { calls } = scenario.world;
    const begin = calls.log.length;
    await scenario.deploy("v2");
    const changes = calls.log.slice(begin).filter((name) => /^(?:slots|base\.(?!claim)|doors)/.test(name));
    expect(changes).toEqual(["slots.stop web of blue", "slots.stop admin of blue"]);
  });
});
