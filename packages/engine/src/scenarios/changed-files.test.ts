import { type ServiceFacts, SluiceError } from "@sluice/core";
import { aConfig, aService } from "@sluice/testing";
import { describe, expect, it } from "vitest";
import { killEverywhere, problemsOf, serves } from "../../test/support/enumerate.ts";
import { aScenario, reached, type Scenario, type ScenarioParts } from "../../test/support/scenario.ts";

const services = [aService("web"), aService("proxy", { role: "edge" }), aService("metrics", { role: "support" })];
const inside = (name: string) => aService(name, { ports: [] });
const on = (...published: readonly number[]): Pick<ServiceFacts, "ports"> => ({
  ports: published.map((one) => ({ published: one, target: 3000, protocol: "tcp" })),
});

/** The model is the same in both releases. */
const v1 = { files: { proxy: "of v1", metrics: "same" } };
const v2 = { files: { proxy: "of v2" } };

async function afterV1(parts: ScenarioParts = {}): Promise<Scenario> {
  const scenario = aScenario({ services, ...parts });
  await scenario.deploy("v1", v1);
  return scenario;
}

/** What containers of a service have in the file that they mount. */
const fileOf = ({ world }: Scenario, name = "proxy") =>
  [...world.state.containers.values()].flatMap(({ service, file, state }) =>
    service === name ? [`${file} ${state}`] : [],
  );
const idsOf = ({ world }: Scenario, name = "proxy") =>
  [...world.state.containers.values()].flatMap(({ service, id }) => (service === name ? [id] : []));
const lastPlan = ({ world }: Scenario) =>
  world.events.flatMap((event) => (event.type === "plan" ? [event.text] : [])).at(-1);
const told = ({ world }: Scenario) =>
  world.events.flatMap((event) =>
    event.type === "finding" ? [`${event.finding.code}: ${event.finding.message} -> ${event.finding.hint}`] : [],
  );
const failAt = ({ world }: Scenario, at: RegExp) => {
  world.calls.fault = ({ name }) => (at.test(name) ? new SluiceError("ENGINE_FAILED", "it does not") : undefined);
};

describe("a base service whose mounted file is all that changed", () => {
  it("is planned, and has it once the release is live; what mounts the same is not touched", async () => {
    const scenario = await afterV1();
    const before = idsOf(scenario, "metrics");
    expect(await scenario.deploy("v2", v2)).toMatchObject({ outcome: "live" });
    expect(lastPlan(scenario)).toContain("edge proxy      (proxy.conf, which it mounts, changed)");
    expect(fileOf(scenario)).toEqual(["of v2 running"]);
    expect(idsOf(scenario, "metrics")).toEqual(before);
    expect(await scenario.deploy("v2", v2)).toMatchObject({ outcome: "nothing-to-do" });
  });

  it("is as before once the deployment is undone, and is not touched before its turn", async () => {
    const scenario = await afterV1();
    const before = idsOf(scenario);
    failAt(scenario, /^slots.waitReady/);
    expect(await scenario.deploy("v2", v2)).toMatchObject({ outcome: "failed" });
    expect(idsOf(scenario)).toEqual(before);
    failAt(scenario, /^router.drain door web at blue/);
    expect(await scenario.deploy("v2", { ...v2, retry: true })).toMatchObject({ outcome: "rolled-back" });
    expect(fileOf(scenario)).toEqual(["of v1 running"]);
    scenario.world.calls.fault = () => undefined;
    expect(await scenario.deploy("v2", { ...v2, retry: true })).toMatchObject({ outcome: "live" });
    expect(fileOf(scenario)).toEqual(["of v2 running"]);
    expect(await problemsOf(scenario)).toEqual([]);
  });

  it.each(["warm", "removed"] as const)("is as before after a rollback, %s, and stays so", async (keep) => {
    const scenario = await afterV1({ config: aConfig({ rollout: { keep } }) });
    await scenario.deploy("v2", v2);
    expect(await scenario.rollback()).toMatchObject({ outcome: "live", serving: { tag: "v1" } });
    expect(fileOf(scenario)).toEqual(["of v1 running"]);
    const ids = idsOf(scenario);
    expect(await scenario.rollback("v1")).toMatchObject({ outcome: "nothing-to-do" });
    expect(idsOf(scenario)).toEqual(ids);
    expect(told(scenario).filter((text) => text.startsWith("base-changed"))).toEqual([]);
    await scenario.rollback("v2");
    expect(fileOf(scenario)).toEqual(["of v2 running"]);
  });

  it("stays where it holds no proxy, which is told with the way back", async () => {
    const scenario = await afterV1();
    failAt(scenario, /^router.drain door web at blue/);
    await scenario.deploy("v2", { files: { metrics: "other" } });
    expect(fileOf(scenario, "metrics")).toEqual(["other running"]);
    const expected =
      "base-changed: base service metrics is not as v1, which serves, has it: what it mounts is of v2 -> check out v1, then: docker compose up -d --no-deps --force-recreate metrics";
    expect(told(scenario)).toEqual([expected]);
  });

  it("is replaced, too, where it is an application in base", async () => {
    const alone = [aService("web", { strategy: "recreate" })];
    const scenario = aScenario({ services: alone });
    await scenario.deploy("v1", { files: { web: "of v1" } });
    await scenario.deploy("v2", { files: { web: "of v2" } });
    expect(fileOf(scenario, "web")).toEqual(["of v2 running"]);
    await scenario.rollback();
    expect(fileOf(scenario, "web")).toEqual(["of v1 running"]);
  });

  it.each(["of v2", "of v3", "nothing"])(
    "has what its release has where that is finished and %s is checked out",
    async (now) => {
      const scenario = await afterV1();
      scenario.world.calls.fault = ({ name }) => (name === "journal.append step-intent base-1" ? "crash" : undefined);
      await scenario.deploy("v2", v2).catch(() => undefined);
      scenario.world.restart();
      if (now === "nothing") scenario.world.state.files.delete("proxy");
      else scenario.world.state.files.set("proxy", now);
      expect(await scenario.recover("finish")).toMatchObject({ outcome: "live", serving: { tag: "v2" } });
      expect(fileOf(scenario)).toEqual(["of v2 running"]);
      const ids = idsOf(scenario);
      // Mounted from the checkout, as ever, wherever that has it.
      const again = now === "of v2" ? "nothing-to-do" : "live";
      expect(await scenario.deploy("v2", v2)).toMatchObject({ outcome: again });
      expect(idsOf(scenario).join() === ids.join()).toBe(now === "of v2");
      expect(fileOf(scenario)).toEqual(["of v2 running"]);
      expect(await scenario.deploy("v3", { files: { proxy: "of v3" } })).toMatchObject({ outcome: "live" });
      expect(fileOf(scenario)).toEqual(["of v3 running"]);
    },
  );

  it("may be killed before every effect: one version serves, and the proxy has what that has", async () => {
    const { kills, broken } = await killEverywhere({
      given: () => afterV1(),
      when: (scenario) => scenario.deploy("v2", v2),
      // Of the build nothing is new here.
      from: 20,
      next: (scenario) => scenario.recover(),
      holds: (scenario) => {
        const [tag] = reached(scenario)["web"] ?? [];
        const is = [...serves(scenario, tag ?? ""), ...fileOf(scenario)];
        return is.join() === `of ${tag} running` ? [] : [`${tag} serves, and the proxy has ${is.join()}`];
      },
    });
    expect(broken).toEqual([]);
    expect(kills).toBeGreaterThan(20);
  });
});

it("a proxy that was led to the candidate's names at the cutover is made again as it was, though its own turn never came", async () => {
  const scenario = await afterV1({ services: [...services, inside("api")] });
  const { calls } = scenario.world;
  const before = idsOf(scenario);
  const begin = calls.log.length;
  let isFirst = true;
  // That is done once proxies have read the new names.
  calls.fault = ({ name }) => {
    if (name !== "router.setRouting door api" || !isFirst) return undefined;
    isFirst = false;
    return new SluiceError("ENGINE_FAILED", "it is not led there");
  };
  const ended = await scenario.deploy("v2", { ...v2, services: [...services, inside("core")] });
  expect(ended).toMatchObject({ outcome: "rolled-back", serving: { tag: "v1" } });
  expect(calls.log.slice(begin)).not.toContain("journal.append step-intent base-1");
  expect(idsOf(scenario)).not.toEqual(before);
  expect(fileOf(scenario)).toEqual(["of v1 running"]);
});

describe("a release that calls a web service by another name, and must make the door of one that stays anew", () => {
  const lostDoor = async () => {
    const scenario = await afterV1({ services: [...services, inside("api")] });
    const { doors } = scenario.world.state;
    for (const [id, { service }] of doors) if (service === "web") doors.delete(id);
    return scenario;
  };
  const renamed = { ...v2, services: [...services, inside("core")] };

  it("lets the proxy ask for its address with the files of before, which the plan tells", async () => {
    const scenario = await lostDoor();
    const { calls } = scenario.world;
    const begin = calls.log.length;
    failAt(scenario, /^journal.append step-intent verify-1/);
    expect(await scenario.deploy("v2", renamed)).toMatchObject({ outcome: "failed", serving: { tag: "v1" } });
    const told = calls.log.slice(begin).filter((name) => /^base.(?:up proxy: start|rereadNames)/.test(name));
    expect(told.slice(0, 2)).toEqual(["base.up proxy: start", "base.rereadNames"]);
    expect(fileOf(scenario)).toEqual(["of v1 running"]);
    expect(lastPlan(scenario)).toContain("proxy is made again with the files of before, in one short gap");
  });

  it("gives it those of now at the cutover, before the old name leads nowhere", async () => {
    const scenario = await lostDoor();
    const { calls } = scenario.world;
    const begin = calls.log.length;
    expect(await scenario.deploy("v2", renamed)).toMatchObject({ outcome: "live" });
    const led = /^(?:base.up proxy: start|router.setRouting door (?:api|core))/;
    const steps = calls.log.slice(begin).filter((name) => led.test(name));
    const isThere = steps.lastIndexOf("base.up proxy: start", steps.indexOf("router.setRouting door api"));
    expect(steps.slice(isThere - 1, isThere + 2)).toEqual([
      "router.setRouting door core",
      "base.up proxy: start",
      "router.setRouting door api",
    ]);
    expect(fileOf(scenario)).toEqual(["of v2 running"]);
  });
});

it("a proxy that takes the port of what the release has no more is made once that is gone, and not before", async () => {
  const old = aService("old", { role: "support", ...on(8080) });
  const before = [inside("api"), aService("proxy", { role: "edge", ...on(80) }), old];
  const after = [inside("core"), aService("proxy", { role: "edge", ...on(80, 8080) })];
  const scenario = await afterV1({ services: before });
  const { calls, violations } = scenario.world;
  const begin = calls.log.length;
  expect(await scenario.deploy("v2", { ...v2, services: after })).toMatchObject({ outcome: "live" });
  const steps = calls.log.slice(begin).filter((name) => /^(?:base.up proxy: stop|base.remove old)/.test(name));
  expect(steps).toEqual(["base.remove old", "base.up proxy: stop"]);
  expect(fileOf(scenario)).toEqual(["of v2 running"]);
  expect(violations).toEqual([]);
});

it("a proxy that is no proxy any more in the release is one again once that is taken back", async () => {
  const scenario = await afterV1();
  failAt(scenario, /^router.drain door web at blue/);
  const after = [aService("web"), aService("proxy", { role: "support" })];
  expect(await scenario.deploy("v2", { ...v2, services: after })).toMatchObject({ outcome: "rolled-back" });
  expect(fileOf(scenario)).toEqual(["of v1 running"]);
});

it("a candidate that listens elsewhere and is not proven leaves the door of before and the proxy as they are", async () => {
  const listening = (port: number) => [aService("web", { ports: [], port }), aService("proxy", { role: "edge" })];
  const scenario = await afterV1({ services: listening(3000) });
  const { calls } = scenario.world;
  const [before, begin] = [idsOf(scenario), calls.log.length];
  failAt(scenario, /^journal.append step-intent verify-1/);
  expect(await scenario.deploy("v2", { ...v2, services: listening(4000) })).toMatchObject({ outcome: "failed" });
  expect(calls.log.slice(begin)).toContain("doors.ensurePreview web");
  expect(calls.log.slice(begin).filter((name) => /^(?:base.up|doors.ensure web|base.reread)/.test(name))).toEqual([]);
  expect(idsOf(scenario)).toEqual(before);
});

it.each([
  ["", [...services, inside("api")], [...services, inside("core")]],
  [
    ", also where the proxy takes a port of another",
    [inside("api"), aService("web", on(80)), aService("proxy", { role: "edge", ...on(8443) })],
    [inside("core"), aService("web", on(8080)), aService("proxy", { role: "edge", ...on(80, 8443) })],
  ],
] as const)(
  "users of a new name are led back where they were before its door closes%s",
  async (_title, before, after) => {
    const scenario = await afterV1({ services: before });
    const { calls } = scenario.world;
    failAt(scenario, /^router.drain door web at blue/);
    const begin = calls.log.length;
    expect(await scenario.deploy("v2", { ...v2, services: after })).toMatchObject({ outcome: "rolled-back" });
    const steps = calls.log
      .slice(begin)
      .filter((name) => /^(?:base.up proxy: start|router.setRouting door core)/.test(name));
    expect(steps.slice(-2)).toEqual(["base.up proxy: start", "router.setRouting door core"]);
  },
);
