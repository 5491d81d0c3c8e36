import { isSluiceError } from "@sluice/core";
import { aConfig, aProject, aService } from "@sluice/testing";
import { describe, expect, it } from "vitest";
import { problemsOf, serves } from "../test/support/enumerate.ts";
import { aScenario, reached, shopServices } from "../test/support/scenario.ts";
import { prepareDeploy } from "./index.ts";
import { readAttempts } from "./record/read-attempts.ts";

const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => "no error",
    (error: unknown) => (isSluiceError(error) ? `${error.code} ${error.exitCode}` : String(error)),
  );

describe("a deployment", () => {
  it("makes the release live and says so, step by step", async () => {
    const scenario = aScenario();
    const result = await scenario.deploy("v1");
    expect(result).toMatchObject({ outcome: "live", exitCode: 0, serving: { tag: "v1", slot: "blue", share: 100 } });
    expect(reached(scenario)).toEqual({ web: ["v1"] });
    expect(await problemsOf(scenario)).toEqual([]);

    const told = scenario.world.events.map((event) =>
      event.type === "step-end" ? `${event.step} ${event.result}` : event.type,
    );
    expect(told.filter((text) => !["step-start", "step-progress", "output-line"].includes(text))).toEqual([
      "deployment-start",
      "plan",
      "build-1 done",
      "networks-1 done",
      "base-1 done",
      "job-1 done",
      "start-1 done",
      "door-1 done",
      "verdict",
      "verdict",
      "verify-1 done",
      "share-change",
      "shift-1 done",
      "workers-1 done",
      "verdict",
      "verdict",
      "promote-1 done",
      "deployment-end",
    ]);
    expect(scenario.world.events.at(-1)).toMatchObject({ v: 1, type: "deployment-end", outcome: "live", exitCode: 0 });
  });

  it("counts what follows the cutover as part of the drain", async () => {
    const drain = { timeout: "10s" };
    const config = aConfig({ rollout: { steps: [100], bake: "0s" }, traffic: { drain } });
    const scenario = aScenario({ config });
    await scenario.deploy("v1");
    const { clock, calls } = scenario.world;
    scenario.world.slowDrainMs = 60_000;
    let cutoverMs: number | undefined;
    calls.fault = ({ name }) => {
      if (name.startsWith("router.setRouting")) cutoverMs ??= clock.monotonicMs();
      if (name.startsWith("slots.stop worker")) return () => clock.advance(6_000);
      return undefined;
    };
    expect(await scenario.deploy("v2")).toMatchObject({ outcome: "live" });
    expect(clock.monotonicMs() - (cutoverMs ?? 0)).toBe(10_000);
  });

  it("writes an intent before each step and an outcome after it", async () => {
    const scenario = aScenario();
    await scenario.deploy("v1");
    const records = scenario.world.state.records.map(({ type, step }) => [type, step]);
    expect(records.slice(0, 4)).toEqual([
      ["deployment-start", undefined],
      ["step-intent", "build-1"],
      ["step-outcome", "build-1"],
      ["step-intent", "networks-1"],
    ]);
    const [attempt] = await readAttempts(scenario.world.ports().journal);
    expect(attempt?.end).toMatchObject({ outcome: "live", tag: "v1", serving: { tag: "v1" } });
    expect(attempt?.begun).toEqual(attempt?.outcomes.map(({ step }) => step));
  });

  it("runs jobs once for each release, and not again for one that was live", async () => {
    const scenario = aScenario();
    const jobs = () => scenario.world.calls.log.filter((name) => name === "slots.runJob migrate: start").length;
    await scenario.deploy("v1");
    await scenario.deploy("v2");
    expect(jobs()).toBe(2);
    await scenario.deploy("v1");
    expect(jobs()).toBe(2);
    expect(reached(scenario)).toEqual({ web: ["v1"] });
  });

  it("runs no old migration on newer data, even where the old images had to be built anew", async () => {
    const scenario = aScenario({ config: aConfig({ rollout: { keep: "removed" } }) });
    await scenario.deploy("v1");
    await scenario.deploy("v2");
    scenario.world.restart();
    scenario.world.state.images.delete("sha256:web-v1");
    expect(await scenario.deploy("v1")).toMatchObject({ outcome: "live" });
    expect(scenario.world.calls.log).toContain("images.build v1");
    expect(scenario.world.calls.log).not.toContain("slots.runJob migrate: start");
  });

  it("does nothing when the release is live already", async () => {
    const scenario = aScenario();
    await scenario.deploy("v1");
    expect(await scenario.deploy("v1")).toMatchObject({
      outcome: "nothing-to-do",
      exitCode: 0,
      serving: { tag: "v1" },
    });
    expect(await scenario.deploy("v1.0", { request: { commit: "commit-of-v1" } })).toMatchObject({
      outcome: "nothing-to-do",
    });
    expect([...scenario.world.state.bundles.values()][0]?.bundle.tags).toEqual(["v1", "v1.0"]);
  });

  it("mends the links of the slot that serves, with what its release knows", async () => {
    const scenario = aScenario();
    await scenario.deploy("v1");
    const { world } = scenario;
    const ports = world.ports();
    const lost = {
      slot: "blue",
      service: "db",
      container: "db-1",
      link: "shop-blue_link_default",
      aliases: [],
    } as const;
    world.state.networks.delete(lost.link);
    const observe: typeof ports.observer.observe = async (...args) => ({
      ...(await ports.observer.observe(...args)),
      missingLinks: [lost],
    });
    world.ports = () => ({ ...ports, observer: { ...ports.observer, observe } });
    expect(await scenario.deploy("v1")).toMatchObject({ outcome: "live" });
    expect(world.state.networks.has(lost.link)).toBe(true);
  });

  it("makes doors anew that are as wanted, where it is asked to", async () => {
    const scenario = aScenario();
    await scenario.deploy("v1");
    const before = [...scenario.world.state.doors.keys()];
    expect(await scenario.deploy("v1", { replaceDoors: true })).toMatchObject({ outcome: "live", exitCode: 0 });
    const after = [...scenario.world.state.doors.keys()];
    expect(after).toHaveLength(1);
    expect(after).not.toEqual(before);
    expect(serves(scenario, "v1")).toEqual([]);
    expect(await problemsOf(scenario)).toEqual([]);
  });

  it("plans without a change of anything", async () => {
    const scenario = aScenario();
    await scenario.deploy("v1");
    const before = JSON.stringify([...scenario.world.state.bundles]);
    const request = {
      stack: "shop",
      homeId: "home",
      config: aConfig(),
      previewSecret: "",
      project: aProject({ services: shopServices }),
      actor: "",
      reason: "",
      release: { tag: "another-name", commit: "commit-of-v1", dirty: false, source: "option" as const },
    };
    await prepareDeploy(request, scenario.world.ports());
    expect(JSON.stringify([...scenario.world.state.bundles])).toBe(before);
  });

  it("leaves base services alone unless they changed", async () => {
    const scenario = aScenario();
    await scenario.deploy("v1");
    scenario.world.restart();
    await scenario.deploy("v2");
    expect(scenario.world.calls.log.filter((name) => name.startsWith("base.up"))).toEqual([]);
    await scenario.deploy("v3", { images: { db: "postgres:17" } });
    expect(scenario.world.calls.log.filter((name) => name.startsWith("base.up"))).not.toEqual([]);
  });

  it("stops the workers of a release that has none any more", async () => {
    const scenario = aScenario();
    await scenario.deploy("v1");
    await scenario.deploy("v2", { services: shopServices.filter(({ role }) => role !== "worker") });
    expect(await problemsOf(scenario)).toEqual([]);
  });

  it("never runs a worker twice, even where the bundle of the previous is gone", async () => {
    const scenario = aScenario();
    await scenario.deploy("v1");
    scenario.world.state.bundles.clear();
    expect(await scenario.deploy("v2")).toMatchObject({ outcome: "live" });
    expect(await problemsOf(scenario)).toEqual([]);
  });

  it("removes the door of a service that left, and makes it again on the way back", async () => {
    const admin = aService("admin", { ports: [{ published: 9090, target: 3000, protocol: "tcp" }] });
    const scenario = aScenario();
    await scenario.deploy("v1", { services: [...shopServices, admin] });
    await scenario.deploy("v2");
    expect([...scenario.world.state.doors.values()].map(({ service }) => service)).toEqual(["web"]);
    expect(await scenario.rollback(undefined, { services: [...shopServices, admin] })).toMatchObject({
      outcome: "live",
      serving: { tag: "v1", share: 100 },
    });
    expect(reached(scenario)).toEqual({ web: ["v1"], admin: ["v1"] });
    expect(await problemsOf(scenario)).toEqual([]);
  });

  it("keeps images that another release of the same commit uses when it prunes", async () => {
    const scenario = aScenario({ config: aConfig({ releases: { keep: 2 }, rollout: { keep: "removed" } }) });
    const { clock, state } = scenario.world;
    const elsewhere = shopServices.map((one) => (one.role === "data" ? { ...one, networks: ["back"] } : one));
    await scenario.deploy("v1");
    clock.advance(1_000);
    await scenario.deploy("v1b", { request: { commit: "commit-of-v1" }, services: elsewhere });
    clock.advance(1_000);
    await scenario.deploy("v2");
    expect([...state.bundles.values()].map(({ bundle }) => bundle.tag)).toEqual(["v1b", "v2"]);
    expect([...state.tags.keys()]).toContain("sluice/shop-web:v1");
    clock.advance(1_000);
    await scenario.deploy("v3");
    expect([...state.tags.keys()]).not.toContain("sluice/shop-web:v1");
  });
});

describe("a worker that is scaled to nothing", () => {
  it("is not waited for, in a release that a version before stored as active", async () => {
    const services = shopServices.map((one) => (one.role === "worker" ? { ...one, replicas: 0 } : one));
    const scenario = aScenario({ services });
    expect(await scenario.deploy("v1")).toMatchObject({ outcome: "live" });
    expect(await scenario.deploy("v2")).toMatchObject({ outcome: "live" });
    expect(await scenario.rollback()).toMatchObject({ outcome: "live", serving: { tag: "v1" } });
  });
});

describe("a deployment is refused before any change", () => {
  it("for a release that failed by a verdict, unless it is asked to try again", async () => {
    const scenario = aScenario();
    await scenario.deploy("v1");
    scenario.world.behaviours.set("v2", { unhealthy: ["web"] });
    expect(await scenario.deploy("v2")).toMatchObject({ outcome: "failed", exitCode: 20, serving: { tag: "v1" } });
    scenario.world.restart();
    expect(await codeOf(scenario.deploy("v2"))).toBe("RELEASE_BROKEN 10");
    expect(scenario.world.calls.log.filter((name) => name.startsWith("journal.append"))).toEqual([]);
    scenario.world.behaviours.delete("v2");
    expect(await scenario.deploy("v2", { retry: true })).toMatchObject({ outcome: "live" });
  });

  it("for no release that serves, nor for one that was live since it failed", async () => {
    const scenario = aScenario({ config: aConfig({ rollout: { keep: "removed" } }) });
    await scenario.deploy("v1");
    scenario.world.behaviours.set("v2", { unhealthy: ["web"] });
    await scenario.deploy("v2");
    scenario.world.behaviours.delete("v2");
    expect(await scenario.deploy("v2", { retry: true })).toMatchObject({ outcome: "live" });
    expect(await scenario.deploy("v2")).toMatchObject({ outcome: "nothing-to-do" });
    expect([...scenario.world.state.bundles.values()].filter(({ bundle }) => bundle.broken)).toEqual([]);
    await scenario.deploy("v1");
    expect(await scenario.deploy("v2")).toMatchObject({ outcome: "live" });
    expect(await problemsOf(scenario)).toEqual([]);
  });

  it("where a door runs and does not say where it leads", async () => {
    const scenario = aScenario();
    await scenario.deploy("v1");
    await scenario.deploy("v2");
    scenario.world.restart();
    const door = [...scenario.world.state.doors.values()][0];
    if (!door) throw new Error("there is no door");
    const { ports } = silentDoor(scenario);
    expect(await codeOf(ports())).toBe("PREFLIGHT_FAILED 10");
    expect(reached(scenario)).toEqual({ web: ["v2"] });
  });

  it("where the image of doors is missing, and one has to be made", async () => {
    const scenario = aScenario();
    scenario.world.state.images.delete("sluice/door:3.0");
    await expect(scenario.deploy("v1")).rejects.toMatchObject({
      code: "PREFLIGHT_FAILED",
      hint: "in a checkout of Sluice: docker build -t sluice/door:3.0 images/door",
    });
    expect(scenario.world.calls.log.filter((name) => name.startsWith("journal.append"))).toEqual([]);
    scenario.world.state.images.add("sluice/door:3.0");
    await scenario.deploy("v1");
    scenario.world.state.images.delete("sluice/door:3.0");
    expect(await scenario.deploy("v2")).toMatchObject({ outcome: "live" });
    scenario.world.state.doors.clear();
    const { length } = scenario.world.state.records;
    await expect(scenario.deploy("v3")).rejects.toMatchObject({ code: "PREFLIGHT_FAILED" });
    await expect(scenario.rollback("v2")).rejects.toMatchObject({ code: "PREFLIGHT_FAILED" });
    expect(scenario.world.state.records).toHaveLength(length);
  });

  it("where something is in the way of what would be made, which leaves everything as it is", async () => {
    const scenario = aScenario();
    const { state, calls } = scenario.world;
    for (const tag of ["v1", "v2", "v3"]) await scenario.deploy(tag);
    const held = (port: number) =>
      ({
        severity: "error",
        code: "port-held",
        service: "web",
        message: `port ${port} is held`,
        hint: "docker stop x",
      }) as const;
    state.obstacles = [held(8080), held(8443)];
    const { length } = state.records;
    const refusal = { code: "PREFLIGHT_FAILED", exitCode: 10, message: "port 8080 is held", hint: "docker stop x" };
    for (const refused of [() => scenario.deploy("v4"), () => scenario.rollback("v1")]) {
      scenario.world.restart();
      await expect(refused()).rejects.toMatchObject({ ...refusal, detail: expect.stringContaining("8443") });
      expect(calls.log.filter((name) => name.startsWith("images.build"))).toEqual([]);
    }
    expect(state.records).toHaveLength(length);
    expect([...state.bundles.values()].filter(({ bundle }) => bundle.broken)).toEqual([]);
    // What is as it was asked for needs nothing of the machine.
    expect(await scenario.deploy("v3")).toMatchObject({ outcome: "nothing-to-do" });
    // Where it is a change of route, neither.
    expect(await scenario.rollback("v2")).toMatchObject({ outcome: "live" });
  });

  it("where a service cannot have the HTTPS that is configured for it", async () => {
    const config = aConfig({ services: { web: { https: { hosts: ["shop.test"], port: 9443 } } } });
    const scenario = aScenario({ config });
    await expect(scenario.deploy("v1")).rejects.toMatchObject({
      code: "CONFIG_INVALID",
      message: "service web publishes no port 9443 for its HTTPS",
    });
    expect(scenario.world.state.containers.size).toBe(0);
  });

  it("by another state home", async () => {
    const scenario = aScenario();
    scenario.world.state.homeId = "somebody else's";
    expect(await codeOf(scenario.deploy("v1"))).toBe("HOME_MISMATCH 10");
  });
});

/** The observer's answer with a door that runs, and whose process does not answer. */
function silentDoor(scenario: ReturnType<typeof aScenario>) {
  const { world } = scenario;
  const real = world.ports.bind(world);
  world.ports = () => {
    const ports = real();
    return {
      ...ports,
      observer: {
        ...ports.observer,
        async observe(project, signal) {
          const observed = await ports.observer.observe(project, signal);
          const doors = Object.entries(observed.doors).map(([name, door]) => [name, { ...door, routing: null }]);
          return { ...observed, doors: Object.fromEntries(doors) as typeof observed.doors };
        },
      },
    };
  };
  return { ports: () => scenario.deploy("v3") };
}
