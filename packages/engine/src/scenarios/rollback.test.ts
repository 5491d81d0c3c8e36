import { isSluiceError } from "@sluice/core";
import { aConfig, aProject, aService } from "@sluice/testing";
import { describe, expect, it } from "vitest";
import { killEverywhere, problemsOf, serves } from "../../test/support/enumerate.ts";
import {
  aScenario,
  forgetSettings,
  killedAt,
  reached,
  type Scenario,
  shopServices,
} from "../../test/support/scenario.ts";
import { recordDiagnoses } from "../doctor/record-diagnoses.ts";
import { lastAttempt } from "../record/read-attempts.ts";

const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => "no error",
    (error: unknown) => (isSluiceError(error) ? `${error.code} ${error.exitCode}` : String(error)),
  );

async function after(tags: readonly string[], parts: Parameters<typeof aScenario>[0] = {}) {
  const scenario = aScenario(parts);
  for (const tag of tags) await scenario.deploy(tag);
  scenario.world.restart();
  return scenario;
}

describe("going back", () => {
  it("to a warm release is a change of route: nothing is built, started or run but its workers", async () => {
    const scenario = await after(["v1", "v2"]);
    expect(await scenario.rollback()).toMatchObject({ outcome: "live", exitCode: 0, serving: { tag: "v1" } });
    const { log } = scenario.world.calls;
    expect(log.filter((name) => /build|create|runJob|slots.start web/.test(name))).toEqual([]);
    expect(log).toContain("slots.start worker of blue");
    expect(await problemsOf(scenario)).toEqual([]);
  });

  it("to a cold release goes through the gates of a deployment, without its jobs", async () => {
    const scenario = await after(["v1", "v2"], { config: aConfig({ rollout: { keep: "removed" } }) });
    expect(await scenario.rollback()).toMatchObject({ outcome: "live", serving: { tag: "v1" } });
    const { log } = scenario.world.calls;
    expect(log).toContain("prober.probe web runs");
    expect(log.filter((name) => name.includes("runJob") || name.includes("build"))).toEqual([]);
    expect(await problemsOf(scenario)).toEqual([]);
  });

  it("to a cold release on an engine without its data says that its jobs do not run", async () => {
    const scenario = await after(["v1", "v2"], { config: aConfig({ rollout: { keep: "removed" } }) });
    const { world } = scenario;
    const told = () => world.events.flatMap((event) => (event.type === "finding" ? [event.finding.code] : []));
    for (const [id, { place }] of world.state.containers) if (place === "base") world.state.containers.delete(id);
    await scenario.rollback().catch(() => undefined);
    expect(told()).toEqual(expect.arrayContaining(["cold-rollback", "jobs-not-run"]));
  });

  it("to a cold release asks its door only whether it is up: the health path of now is one that a new release must know", async () => {
    const scenario = await after(["v1", "v2"], { config: aConfig({ rollout: { keep: "removed" } }) });
    const { world } = scenario;
    const ports = world.ports();
    const wanted: (string | undefined)[] = [];
    const waitServers: typeof ports.router.waitServers = (...args) => {
      wanted.push(args[5]);
      return ports.router.waitServers(...args);
    };
    world.ports = () => ({ ...ports, router: { ...ports.router, waitServers } });
    expect(await scenario.rollback()).toMatchObject({ outcome: "live", serving: { tag: "v1" } });
    expect(new Set(wanted.splice(0))).toEqual(new Set(["up"]));
    expect(await scenario.deploy("v3")).toMatchObject({ outcome: "live" });
    expect(wanted).toEqual(["healthy", "up"]);
  });

  it("to a release that failed before it was live runs its jobs, which nobody has run", async () => {
    const scenario = aScenario();
    await scenario.deploy("v1");
    scenario.world.behaviours.set("v2", { failingJobs: ["migrate"] });
    expect(await scenario.deploy("v2")).toMatchObject({ outcome: "failed" });
    scenario.world.behaviours.clear();
    scenario.world.restart();
    expect(await scenario.rollback("v2")).toMatchObject({ outcome: "live", serving: { tag: "v2" } });
    expect(scenario.world.calls.log).toContain("slots.runJob migrate: end");
    expect(await problemsOf(scenario)).toEqual([]);
  });

  describe("to a release that publishes another port", () => {
    const publishing = (published: number) => [
      aService("web", { ports: [{ published, target: 80, protocol: "tcp" }] }),
      aService("db", { role: "data" }),
    ];
    const publishedBy = ({ world }: Scenario) =>
      [...world.state.doors.values()].map(
        ({ spec }) => (JSON.parse(spec) as { readonly ports: readonly number[] }).ports,
      );

    it("makes its door anew, once users are moved where the release is warm", async () => {
      const scenario = aScenario();
      await scenario.deploy("v1", { services: publishing(8000) });
      await scenario.deploy("v2", { services: publishing(9000) });
      expect(publishedBy(scenario)).toEqual([[9000]]);
      scenario.world.restart();
      expect(await scenario.rollback("v1", { services: publishing(9000) })).toMatchObject({ outcome: "live" });
      expect(publishedBy(scenario)).toEqual([[8000]]);
      const moved = scenario.world.calls.log.filter((name) => /setRouting|doors.ensure web: create|build/.test(name));
      expect(moved.slice(0, 2)).toEqual(["router.setRouting door web", "doors.ensure web: create"]);
      expect(moved.filter((name) => name.includes("build"))).toEqual([]);
      expect(reached(scenario)).toEqual({ web: ["v1"] });
      expect(await problemsOf(scenario)).toEqual([]);
    });

    it("and was killed anywhere, the next one puts it right", async () => {
      const v2 = { services: publishing(9000) };
      const result = await killEverywhere({
        given: async () => {
          const scenario = aScenario();
          await scenario.deploy("v1", { services: publishing(8000) });
          await scenario.deploy("v2", v2);
          return scenario;
        },
        when: (scenario) => scenario.rollback("v1", v2),
        next: (scenario) => scenario.rollback("v1", v2),
        holds: (scenario) => [
          ...serves(scenario, "v1"),
          ...publishedBy(scenario).flatMap((ports) =>
            ports.join() === "8000" ? [] : [`its door has ${ports.join()}`],
          ),
        ],
      });
      expect(result.broken).toEqual([]);
      expect(result.kills).toBeGreaterThan(10);
    });

    it("is refused before users move where another one has that port", async () => {
      const scenario = aScenario();
      await scenario.deploy("v1", { services: publishing(8000) });
      await scenario.deploy("v2", { services: publishing(9000) });
      scenario.world.restart();
      scenario.world.state.obstacles = [{ severity: "error", code: "port-held", message: "port 8000 is another's" }];
      expect(await codeOf(scenario.rollback("v1", { services: publishing(9000) }))).toBe("PREFLIGHT_FAILED 10");
      expect(reached(scenario)).toEqual({ web: ["v2"] });
      expect(publishedBy(scenario)).toEqual([[9000]]);
    });

    it("makes its door anew where the release is cold, whatever is checked out", async () => {
      const scenario = aScenario();
      await scenario.deploy("v1", { services: publishing(8000) });
      for (const tag of ["v2", "v3"]) await scenario.deploy(tag, { services: publishing(9000) });
      scenario.world.restart();
      expect(await scenario.rollback("v1", { services: publishing(9000) })).toMatchObject({ outcome: "live" });
      expect(publishedBy(scenario)).toEqual([[8000]]);
      expect(await problemsOf(scenario)).toEqual([]);
    });
  });

  it("leads to the release before where all containers of the one that serves are gone, and keeps it", async () => {
    const scenario = await after(["v1", "v2"]);
    const { containers } = scenario.world.state;
    for (const { id, place } of containers.values()) if (place === "green") containers.delete(id);
    expect(await scenario.rollback()).toMatchObject({ outcome: "live", serving: { tag: "v1" } });
    expect(scenario.world.calls.log.filter((name) => /build|slots.create/.test(name))).toEqual([]);
    expect(reached(scenario)).toEqual({ web: ["v1"] });
  });

  it("leaves out checks of what a release has not that was stored without its own, and says so", async () => {
    const scenario = aScenario({ config: aConfig({ rollout: { keep: "removed" } }) });
    await scenario.deploy("v1");
    const search = aService("search", { ports: [{ published: 9090, target: 80, protocol: "tcp" }] });
    const services = [...shopServices, search];
    const config = aConfig({ rollout: { keep: "removed" }, checks: [{ service: "search", http: { path: "/" } }] });
    expect(await scenario.deploy("v2", { services, config })).toMatchObject({ outcome: "live" });
    scenario.world.restart();
    forgetSettings(scenario);
    expect(await scenario.rollback("v1", { services, config })).toMatchObject({ outcome: "live" });
    expect(scenario.world.calls.log.filter((name) => name.startsWith("prober.probe GET"))).toEqual([]);
    const told = scenario.world.events.flatMap((event) => (event.type === "finding" ? [event.finding] : []));
    expect(told.map(({ code, message }) => `${code}: ${message}`)).toContain(
      "check-left-out: checks of search are left out: v1 has no such service",
    );
  });

  it("to a release of which a stopped worker was removed makes its slot anew", async () => {
    const scenario = await after(["v1", "v2"]);
    const { containers } = scenario.world.state;
    for (const { id, service, place } of containers.values())
      if (place === "blue" && service === "worker") containers.delete(id);
    expect(await scenario.rollback()).toMatchObject({ outcome: "live", exitCode: 0, serving: { tag: "v1" } });
    expect(scenario.world.calls.log).toContain("slots.create worker in blue");
    expect(await problemsOf(scenario)).toEqual([]);
  });

  it("brings back what is replaced stop-first too", async () => {
    const services = [...shopServices, aService("legacy", { role: "worker", strategy: "recreate" })];
    const scenario = await after(["v1", "v2"], { services });
    const legacy = () =>
      [...scenario.world.state.containers.values()].find(({ service }) => service === "legacy")?.spec;
    expect(legacy()).toContain("legacy-v2");
    await scenario.rollback();
    expect(legacy()).toContain("legacy-v1");
  });

  it("twice does not go forward to what was left", async () => {
    const scenario = await after(["v0", "v1", "v2"]);
    await scenario.rollback();
    expect(reached(scenario)).toEqual({ web: ["v1"] });
    await scenario.rollback();
    expect(reached(scenario)).toEqual({ web: ["v0"] });
    expect(await codeOf(scenario.rollback())).toBe("NOTHING_TO_ROLL_BACK 10");
    expect(await scenario.rollback("v2")).toMatchObject({ outcome: "live", serving: { tag: "v2" } });
  });

  it("does not go forward to what a deployment of the release before has left, either", async () => {
    const scenario = await after(["v0", "v1", "v2", "v1"]);
    expect(await scenario.rollback()).toMatchObject({ outcome: "live", serving: { tag: "v0" } });
    expect(await codeOf(scenario.rollback())).toBe("NOTHING_TO_ROLL_BACK 10");
    // Whoever deploys it again has it to go back to.
    for (const tag of ["v2", "v1"]) expect(await scenario.deploy(tag)).toMatchObject({ outcome: "live" });
    expect(await scenario.rollback()).toMatchObject({ outcome: "live", serving: { tag: "v2" } });
  });

  it("is refused where there is nothing before, or nothing of that name, or no image", async () => {
    const scenario = await after(["v1"]);
    expect(await codeOf(scenario.rollback())).toBe("NOTHING_TO_ROLL_BACK 10");
    expect(await codeOf(scenario.rollback("v9"))).toBe("RELEASE_UNKNOWN 2");
    await scenario.deploy("v2");
    await scenario.deploy("v3");
    scenario.world.state.images.delete("sha256:web-v1");
    expect(await codeOf(scenario.rollback("v1"))).toMatch(/^IMAGE_MISSING/);
    expect(reached(scenario)).toEqual({ web: ["v3"] });
  });

  it("asks only for images that it makes containers of: not those of jobs that do not run, nor of data that goes on", async () => {
    const services = [...shopServices, aService("off", { active: false, builds: true })];
    const scenario = await after(["v1", "v2"], { services, config: aConfig({ rollout: { keep: "stopped" } }) });
    const { images } = scenario.world.state;
    for (const id of images) if (/^sha256:(migrate|db|off)-/.test(id)) images.delete(id);
    expect(await scenario.rollback()).toMatchObject({ outcome: "live", serving: { tag: "v1" } });
    expect(await scenario.rollback("v2")).toMatchObject({ outcome: "live", serving: { tag: "v2" } });
    images.delete("sha256:worker-v1");
    expect(await codeOf(scenario.rollback("v1"))).toMatch(/^IMAGE_MISSING/);
  });

  it("to a warm release is refused before users move where the image of what it makes in base is gone", async () => {
    const services = [...shopServices, aService("api", { role: "worker", strategy: "recreate" })];
    const scenario = await after(["v1", "v2"], { services });
    const { images } = scenario.world.state;
    images.delete("sha256:web-v1");
    images.delete("sha256:api-v1");
    expect(await codeOf(scenario.rollback())).toMatch(/^IMAGE_MISSING/);
    expect(scenario.world.calls.log.filter((name) => name.startsWith("router.setRouting"))).toEqual([]);
    // What is warm needs none.
    images.add("sha256:api-v1");
    expect(await scenario.rollback()).toMatchObject({ outcome: "live", serving: { tag: "v1" } });
  });

  it("to what serves already does nothing", async () => {
    const scenario = await after(["v1", "v2"]);
    expect(await scenario.rollback("v2")).toMatchObject({ outcome: "nothing-to-do", exitCode: 0 });
  });

  it("that fails leaves the release that was to be left", async () => {
    const scenario = await after(["v1", "v2"]);
    scenario.world.behaviours.set("v1", { exits: ["worker"] });
    expect(await scenario.rollback()).toMatchObject({ outcome: "rolled-back", exitCode: 21, serving: { tag: "v2" } });
    expect(await problemsOf(scenario)).toEqual([]);
  });

  describe("from a release whose web service does not run", () => {
    const wanted = {
      outcome: "needs-person",
      exitCode: 30,
      serving: { tag: "v1", share: 100 },
      reason: expect.stringContaining("web runs in slot blue alone"),
    };

    async function given(): Promise<Scenario> {
      const scenario = await after(["v1", "v2"]);
      for (const one of scenario.world.state.containers.values())
        if (one.place === "green" && one.service === "web") one.state = "exited";
      return scenario;
    }

    it("and that fails leaves users where it led them", async () => {
      const scenario = await given();
      scenario.world.behaviours.set("v1", { exits: ["worker"] });
      expect(await scenario.rollback()).toMatchObject(wanted);
      expect(reached(scenario)).toEqual({ web: ["v1"] });
    });

    it("and was killed once users were led is not undone", async () => {
      const scenario = await given();
      scenario.world.calls.fault = ({ name }) => (name === "journal.append step-outcome shift-1" ? "crash" : undefined);
      await scenario.rollback().catch(() => undefined);
      scenario.world.restart();
      expect(await scenario.recover("undo")).toMatchObject(wanted);
      expect(reached(scenario)).toEqual({ web: ["v1"] });
      const { journal, observer, bundles } = scenario.world.ports();
      const facts = { now: scenario.world.clock.now(), isDeploying: false, chainProblems: [] };
      const observed = await observer.observe(aProject({ services: shopServices }));
      const [found] = recordDiagnoses({
        ...facts,
        last: await lastAttempt(journal),
        observed,
        bundles: await bundles.list(),
      });
      expect(found?.mend).toMatch(/^sluice resume finishes it; docker start \S+, and then sluice abort undoes it$/);
      expect(await scenario.recover("finish")).toMatchObject({ outcome: "live", serving: { tag: "v1", share: 100 } });
    });
  });

  it("and killed between the route and the promotion, it is finished by the next run", async () => {
    const scenario = await after(["v1", "v2"]);
    const at = { index: 0 };
    await killedAt(scenario, Number.POSITIVE_INFINITY, async () => undefined);
    scenario.world.calls.fault = ({ name, index }) => {
      if (name === "journal.append step-intent promote-1") at.index = index;
      return at.index > 0 ? "crash" : undefined;
    };
    await scenario.rollback().catch(() => undefined);
    scenario.world.restart();
    expect(at.index).toBeGreaterThan(0);
    expect(await scenario.recover()).toMatchObject({ outcome: "live", serving: { tag: "v1", share: 100 } });
    expect(await problemsOf(scenario)).toEqual([]);
  });
});
