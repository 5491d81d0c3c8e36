import { isSluiceError, type JudgeWindow, SluiceError, type TrafficRouter, type Verdict } from "@sluice/core";
import { aConfig, aProject, aRequest, aService } from "@sluice/testing";
import { describe, expect, it } from "vitest";
import { killEverywhere, problemsOf, serves } from "../../test/support/enumerate.ts";
import { aScenario, type RunParts, reached, type Scenario, shopServices } from "../../test/support/scenario.ts";
import { deploy, recoverUnfinished } from "../index.ts";
import { lastAttempt } from "../record/read-attempts.ts";
import { underWayOf } from "../record/under-way.ts";

const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => "no error",
    (error: unknown) => (isSluiceError(error) ? error.code : String(error)),
  );

/** `v1` is live, and the deployer of `v2` was killed just before the first effect of this name. */
async function killedBefore(effect: string, parts: RunParts = {}): Promise<Scenario> {
  const scenario = aScenario(parts);
  await scenario.deploy("v1");
  await killBefore(scenario, effect, parts);
  return scenario;
}

async function killBefore(scenario: Scenario, effect: string, parts: RunParts = {}): Promise<void> {
  const { world } = scenario;
  world.restart();
  let seen = false;
  world.calls.fault = ({ name }) => {
    seen ||= name === effect;
    return seen ? "crash" : undefined;
  };
  await scenario.deploy("v2", parts).catch(() => undefined);
  if (!seen) throw new Error(`${effect} never came: ${world.calls.log.join(", ")}`);
  world.restart();
}

describe("an attempt that died", () => {
  it("before cutover is undone, and says so", async () => {
    const scenario = await killedBefore("journal.append step-outcome shift-1");
    expect(await scenario.recover()).toMatchObject({ outcome: "interrupted", exitCode: 130, serving: { tag: "v1" } });
    expect(await problemsOf(scenario)).toEqual([]);
    expect(await scenario.recover()).toBeNull();
  });

  it("leaves nothing half made: of a build, of a bundle, beside the slots; what cannot be swept is only told", async () => {
    const scenario = await killedBefore("images.build v2");
    scenario.world.calls.fault = ({ name }) =>
      name === "images.sweep" ? new SluiceError("ENGINE_FAILED", "no answer") : undefined;
    expect(await scenario.recover()).toMatchObject({ outcome: "interrupted", serving: { tag: "v1" } });
    expect(scenario.world.calls.log).toEqual(expect.arrayContaining(["images.sweep", "bundles.sweep"]));
  });

  it("before it had built anything ends under the tag that it began with", async () => {
    const scenario = await killedBefore("images.build v2");
    await scenario.recover();
    expect(scenario.world.events.at(-1)).toMatchObject({ type: "deployment-end", outcome: "interrupted", tag: "v2" });
    expect(scenario.world.state.records.at(-1)).toMatchObject({ type: "deployment-end", tag: "v2", release: null });
  });

  it("before its first record was never heard of: who is told that it began is told how it ended", async () => {
    const scenario = await killedBefore("journal.append deployment-start");
    const begun = scenario.world.events.flatMap((event) => (event.type === "deployment-start" ? [event.tag] : []));
    expect(begun).toEqual(["v1"]);
    expect(await scenario.recover()).toBeNull();
  });

  it("after cutover is finished", async () => {
    const scenario = await killedBefore("journal.append step-intent workers-1");
    expect(await scenario.recover()).toMatchObject({
      outcome: "live",
      exitCode: 0,
      serving: { tag: "v2", share: 100 },
    });
    expect(await problemsOf(scenario)).toEqual([]);
  });

  it("leaves nothing beside the slots where it is finished either, and its end is the last word", async () => {
    const { world, ...scenario } = await killedBefore("journal.append step-intent verify-1");
    await scenario.recover("finish");
    const { log } = world.calls;
    expect(log).toContain("images.sweep");
    expect(log.indexOf("images.sweep")).toBeLessThan(log.indexOf("journal.append deployment-end"));
    expect(world.events.at(-1)).toMatchObject({ type: "deployment-end", outcome: "live" });
  });

  it("can be chosen to be finished before cutover, or undone after it", async () => {
    const early = await killedBefore("journal.append step-intent verify-1");
    expect(await early.recover("finish")).toMatchObject({ outcome: "live", serving: { tag: "v2" } });
    expect(await problemsOf(early)).toEqual([]);
    const late = await killedBefore("journal.append step-intent promote-1");
    expect(await late.recover("undo")).toMatchObject({ outcome: "interrupted", serving: { tag: "v1", share: 100 } });
    expect(await problemsOf(late)).toEqual([]);
  });

  it("that is finished and fails before users met it has failed, and was not rolled back", async () => {
    const scenario = await killedBefore("journal.append step-intent job-1");
    scenario.world.behaviours.set("v2", { failingJobs: ["migrate"] });
    expect(await scenario.recover("finish")).toMatchObject({ outcome: "failed", exitCode: 20, serving: { tag: "v1" } });
    expect(await problemsOf(scenario)).toEqual([]);
  });

  it("is left alone where another one is meant", async () => {
    const scenario = await killedBefore("journal.append step-intent promote-1");
    const left = (await lastAttempt(scenario.world.ports().journal))?.start.deployment ?? "";
    expect(await scenario.recover("undo", { only: "d-of-another-run" })).toBeNull();
    expect(reached(scenario)).toEqual({ web: ["v2"] });
    expect(await scenario.recover("undo", { only: left })).toMatchObject({ serving: { tag: "v1", share: 100 } });
  });

  it("cannot be undone once it is promoted: its previous may be gone", async () => {
    const config = aConfig({ rollout: { keep: "removed" } });
    const scenario = await killedBefore("journal.append step-outcome retire-1", { config });
    expect(await codeOf(scenario.recover("undo"))).toBe("RECOVERY_REFUSED");
    expect(await scenario.recover()).toMatchObject({ outcome: "live", serving: { tag: "v2" } });
    expect(await problemsOf(scenario)).toEqual([]);
  });

  it("cannot be finished before its release is stored", async () => {
    const scenario = await killedBefore("images.build v2");
    expect(await codeOf(scenario.recover("finish"))).toBe("RECOVERY_REFUSED");
    expect(await scenario.recover("undo")).toMatchObject({ outcome: "interrupted", serving: { tag: "v1" } });
  });

  it("is undone although its bundle is gone", async () => {
    const scenario = await killedBefore("journal.append step-outcome shift-1");
    dropBundle(scenario, "v2");
    expect(await scenario.recover()).toMatchObject({ outcome: "interrupted", serving: { tag: "v1", share: 100 } });
    expect(await problemsOf(scenario)).toEqual([]);
  });

  it("goes back where it would be finished and its bundle is gone", async () => {
    const scenario = await killedBefore("journal.append step-intent workers-1");
    dropBundle(scenario, "v2");
    expect(await scenario.recover()).toMatchObject({ outcome: "rolled-back", exitCode: 21, serving: { tag: "v1" } });
    expect(await problemsOf(scenario)).toEqual([]);
  });

  it("is undone to a previous whose bundle is gone: its door stays", async () => {
    const scenario = await killedBefore("journal.append step-outcome shift-1");
    dropBundle(scenario, "v1");
    expect(await scenario.recover()).toMatchObject({ outcome: "interrupted", serving: { share: 100 } });
    expect(Object.values(scenario.world.users())).toEqual([{ [bundleIdOfBlue(scenario)]: 100 }]);
    expect(scenario.world.violations).toEqual([]);
  });

  it("gives the previous its workers back, with its bundle or without", async () => {
    const scenario = await killedBefore("journal.append step-outcome workers-1");
    dropBundle(scenario, "v1");
    expect(await scenario.recover("undo")).toMatchObject({ outcome: "interrupted" });
    const workers = [...scenario.world.state.containers.values()].filter(({ service }) => service === "worker");
    expect(workers.map(({ place, state }) => `${place} ${state}`)).toEqual(["blue running"]);
    expect(scenario.world.violations).toEqual([]);
  });

  it("with two doors of which one had moved puts both back", async () => {
    const admin = aService("admin", { ports: [{ published: 9090, target: 3000, protocol: "tcp" }] });
    const config = aConfig({ rollout: { steps: [100] } });
    const parts = { services: [...shopServices, admin], config };
    const scenario = await killedBefore("router.setRouting door admin", parts);
    expect(reached(scenario)).toEqual({ admin: ["v1"], web: ["v2"] });
    expect(await scenario.recover(undefined, parts)).toMatchObject({ outcome: "interrupted", serving: { tag: "v1" } });
    expect(serves(scenario, "v1")).toEqual([]);
    expect(await problemsOf(scenario)).toEqual([]);
  });

  it("in the middle of replacing a door leaves no one without a door", async () => {
    const ports = [{ published: 8888, target: 3000, protocol: "tcp" as const }];
    const services = shopServices.map((service) => (service.name === "web" ? { ...service, ports } : service));
    const scenario = aScenario();
    await scenario.deploy("v1");
    await killBefore(scenario, "doors.ensure web: take over", { services });
    expect(reached(scenario)).toEqual({ web: ["lost"] });
    expect(await scenario.recover(undefined, { services })).toMatchObject({ serving: { tag: "v1", share: 100 } });
    expect(serves(scenario, "v1")).toEqual([]);
    expect(await problemsOf(scenario)).toEqual([]);
  });

  it("with a preview knows it again when it is finished", async () => {
    const scenario = aScenario({ config: aConfig({ checks: [{ name: "home", http: { path: "/" } }] }) });
    scenario.world.runPlain(aProject({ services: shopServices }));
    const { world } = scenario;
    world.calls.fault = ({ name }) => (name === "journal.append step-intent verify-1" ? "crash" : undefined);
    await scenario.deploy("v1").catch(() => undefined);
    world.restart();
    expect(await scenario.recover("finish")).toMatchObject({ outcome: "live", serving: { tag: "v1" } });
    expect(world.calls.log).toContain("doors.ensurePreview web");
    expect(world.calls.log).toContain("router.waitServers preview web at blue");
    expect(await problemsOf(scenario)).toEqual([]);
  });

  it("is recovered under the next deployment, which ends early when it is interrupted meanwhile", async () => {
    const scenario = await killedBefore("journal.append step-intent drain-1");
    const controller = new AbortController();
    scenario.world.calls.fault = ({ name }) =>
      name === "router.drain door web at blue" ? () => controller.abort(new Error("asked to stop")) : undefined;
    const result = await scenario.deploy("v3", { signal: controller.signal });
    expect(result).toMatchObject({ outcome: "interrupted", exitCode: 130, serving: { tag: "v2" } });
    scenario.world.restart();
    expect(await scenario.deploy("v3")).toMatchObject({ outcome: "live", serving: { tag: "v3" } });
    expect(await problemsOf(scenario)).toEqual([]);
  });
});

describe("an attempt that was to be taken back, and of which users still reach the candidate", () => {
  const config = aConfig({ rollout: { steps: [100], bake: "4s" }, analysis: { enabled: true, interval: "1s" } });
  const failing: Verdict = { check: "errors", result: "fail", value: "20 % errors", limit: "<= 1 %", n: 300 };

  /** Does something in the moment in which a step waits because of a pause. */
  function whenPaused({ world }: Scenario, act: () => void): void {
    const push = world.events.push.bind(world.events);
    world.events.push = (event) => {
      if (event.type === "step-progress" && event.text.startsWith("paused by")) act();
      return push(event);
    };
  }

  /** `v2` is ended after the cutover, and its doors cannot be led back. */
  async function stuck(end: (scenario: Scenario) => void, changes: { readonly isKilled?: boolean } = {}) {
    const scenario = aScenario({ config });
    const { world } = scenario;
    await scenario.deploy("v1");
    world.restart();
    let hasBaked = false;
    let isEnding = false;
    world.calls.fault = ({ name }) => {
      if (name === "journal.append step-intent bake-1") hasBaked = true;
      if (hasBaked && !isEnding && name.startsWith("router.traffic")) {
        isEnding = true;
        end(scenario);
      }
      if (!isEnding || !name.startsWith("router.setRouting")) return undefined;
      return changes.isKilled ? "crash" : new SluiceError("DOOR_FAILED", "the door does not answer");
    };
    // A run that is killed has no last word that anybody hears.
    const result = await scenario.deploy("v2").catch(() => null);
    expect(changes.isKilled ? "killed" : result?.outcome).toBe(changes.isKilled ? "killed" : "needs-person");
    expect(reached(scenario)).toEqual({ web: ["v2"] });
    world.restart();
    return scenario;
  }

  it.each([
    [
      "by a verdict",
      (scenario: Scenario) => void scenario.world.behaviours.set("v2", { verdict: failing }),
      "20 % errors",
    ],
    ["by a person", (scenario: Scenario) => void scenario.world.order("abort"), "aborted by"],
    [
      "by a verdict that came while it was paused, between two steps",
      (scenario: Scenario) => {
        whenPaused(scenario, () => scenario.world.behaviours.set("v2", { verdict: failing }));
        void scenario.world.order("pause");
      },
      "20 % errors",
    ],
  ])("%s is undone by the next run, and is still a broken release", async (_title, end, reason) => {
    for (const isKilled of [false, true]) {
      const scenario = await stuck(end, { isKilled });
      expect(await scenario.recover()).toMatchObject({
        outcome: "interrupted",
        serving: { tag: "v1", share: 100 },
        reason: expect.stringContaining(reason),
      });
      expect(await problemsOf(scenario)).toEqual([]);
      expect(await codeOf(scenario.deploy("v2"))).toBe("RELEASE_BROKEN");
    }
  });

  it("because nobody resumed it is undone by the next run, and may be tried again", async () => {
    for (const isKilled of [false, true]) {
      const scenario = await stuck(({ world }) => void world.order("pause"), { isKilled });
      expect(await scenario.recover()).toMatchObject({
        outcome: "interrupted",
        serving: { tag: "v1", share: 100 },
        reason: expect.stringContaining("nobody resumed it"),
      });
      expect(await problemsOf(scenario)).toEqual([]);
      expect(await scenario.deploy("v2")).toMatchObject({ outcome: "live", serving: { tag: "v2" } });
    }
  });

  it("is none that was only interrupted, whatever the step that was under way says of that", async () => {
    const scenario = aScenario({ config });
    await scenario.deploy("v1");
    const controller = new AbortController();
    scenario.world.calls.fault = ({ name }) => {
      if (!name.startsWith("slots.start worker of green")) return undefined;
      controller.abort(new Error("asked to stop"));
      return new SluiceError("START_FAILED", "the command was ended by a signal");
    };
    expect(await scenario.deploy("v2", { signal: controller.signal })).toMatchObject({ outcome: "interrupted" });
    expect(reached(scenario)).toEqual({ web: ["v2"] });
    scenario.world.restart();
    expect(await scenario.recover()).toMatchObject({ outcome: "live", serving: { tag: "v2" } });
    expect(await problemsOf(scenario)).toEqual([]);
  });

  it("by a person and is interrupted as well says that the next run undoes it", async () => {
    const scenario = aScenario({ config });
    await scenario.deploy("v1");
    const controller = new AbortController();
    scenario.world.calls.fault = ({ name }) => {
      if (name !== "journal.append step-outcome bake-1") return undefined;
      return () => {
        void scenario.world.order("abort");
        controller.abort(new Error("asked to stop"));
      };
    };
    const result = await scenario.deploy("v2", { signal: controller.signal });
    expect(result).toMatchObject({ outcome: "interrupted", reason: expect.stringContaining("the next run undoes it") });
    expect(scenario.world.events.at(-1)).toMatchObject({ type: "deployment-end", next: "sluice abort" });
    scenario.world.restart();
    expect(await scenario.recover()).toMatchObject({ outcome: "interrupted", serving: { tag: "v1", share: 100 } });
    expect(await problemsOf(scenario)).toEqual([]);
  });

  it("is not undone any more once a person has it finished, also where that run is killed", async () => {
    for (const isKilled of [false, true]) {
      const scenario = await stuck(({ world }) => void world.order("abort"), { isKilled });
      const { world } = scenario;
      world.calls.fault = ({ name }) => (name === "journal.append step-intent promote-1" ? "crash" : undefined);
      await scenario.recover("finish").catch(() => null);
      world.restart();
      const reason = "finished although aborted by ada";
      const taken = { type: "order", order: "resume", actor: "tester", reason };
      expect(world.state.records).toContainEqual(expect.objectContaining(taken));
      expect(underWayOf(await lastAttempt(world.ports().journal))?.isAborted ?? false).toBe(false);
      expect(await scenario.recover()).toMatchObject({ outcome: "live", serving: { tag: "v2", share: 100 } });
      expect(await problemsOf(scenario)).toEqual([]);
      expect(await scenario.deploy("v2")).toMatchObject({ outcome: "nothing-to-do" });
    }
  });

  it("is undone again where it fails once more after a person had it finished", async () => {
    const scenario = await stuck(({ world }) => void world.order("abort"));
    scenario.world.behaviours.set("v2", { verdict: failing });
    let hasFailed = false;
    scenario.world.calls.fault = ({ name }) => {
      hasFailed ||= name === "journal.append step-outcome bake-1";
      return hasFailed && name.startsWith("router.setRouting") ? "crash" : undefined;
    };
    await scenario.recover("finish").catch(() => null);
    scenario.world.restart();
    expect(await scenario.recover()).toMatchObject({
      outcome: "interrupted",
      serving: { tag: "v1", share: 100 },
      reason: expect.stringContaining("20 % errors"),
    });
    expect(await problemsOf(scenario)).toEqual([]);
  });

  it("is finished where a person wants that all the same", async () => {
    const scenario = await stuck(({ world }) => void world.behaviours.set("v2", { verdict: failing }));
    scenario.world.behaviours.delete("v2");
    expect(await scenario.recover("finish")).toMatchObject({ outcome: "live", serving: { tag: "v2" } });
    expect(await problemsOf(scenario)).toEqual([]);
  });
});

describe("a bake that a later run finishes", () => {
  const config = aConfig({
    rollout: { steps: [{ share: 10, for: "4s" }, 100], bake: "4s" },
    analysis: { enabled: true, interval: "1s" },
  });

  /** What the judge is shown by the run that finishes `v2`, once `change` was made to the journal. */
  async function judgedAfter(change: (scenario: Scenario) => void): Promise<readonly JudgeWindow[]> {
    const scenario = aScenario({ config });
    const { world } = scenario;
    await scenario.deploy("v1");
    world.restart();
    const seen: JudgeWindow[] = [];
    const facts = { stack: "shop", homeId: "home", previewSecret: "secret", config, actor: "tester", reason: "a test" };
    const project = aProject({ services: shopServices });
    let looks = 0;
    const run = () => {
      const ports = world.ports();
      const traffic: TrafficRouter["traffic"] = async (door, signal) => {
        const { epoch, slots } = await ports.router.traffic(door, signal);
        const { share } = await ports.router.routing(door, signal);
        looks += share > 0 && share < 100 ? 1 : 0;
        return { epoch, slots: { ...slots, blue: { ...slots.blue, requests: looks * 90, http5xx: looks * 9 } } };
      };
      const judge = (window: JudgeWindow) => {
        seen.push(window);
        return [];
      };
      return { ...ports, router: { ...ports.router, traffic }, judge };
    };
    world.calls.fault = ({ name }) => (name === "journal.append step-outcome bake-1" ? "crash" : undefined);
    const { signal } = new AbortController();
    await deploy({ ...facts, project, release: aRequest("v2") }, run(), signal).catch(() => undefined);
    world.restart();
    change(scenario);
    seen.length = 0;
    expect(await recoverUnfinished(facts, project, run(), signal)).toMatchObject({ outcome: "live" });
    return seen;
  }

  it("is judged by what the previous was when it last had users, as the run that died had it", async () => {
    const [window] = await judgedAfter(() => undefined);
    expect(window?.previous).toMatchObject({ requests: 360, errors: 36, latenciesMs: [] });
  });

  it("is judged alone where a version before has recorded nothing of that", async () => {
    const windows = await judgedAfter(({ world }) => {
      for (const record of world.state.records) {
        const { data = {} } = record as { data?: { recorded?: unknown } };
        delete data.recorded;
      }
    });
    expect(windows.map(({ previous }) => previous)).toEqual(windows.map(() => null));
    expect(windows.length).toBeGreaterThan(0);
  });
});

describe("what a deployment finds that no attempt explains", () => {
  it("users led to the idle slot are given back before that slot is cleared", async () => {
    const scenario = aScenario();
    await scenario.deploy("v1");
    await scenario.deploy("v2");
    for (const door of scenario.world.state.doors.values()) door.routing = { stable: "green", share: 30, salt: 0 };
    scenario.world.state.open.add("web@blue");
    scenario.world.restart();
    expect(await scenario.deploy("v3")).toMatchObject({ outcome: "live", serving: { tag: "v3" } });
    const { log } = scenario.world.calls;
    expect(log.indexOf("router.drain door web at blue")).toBeLessThan(log.indexOf("slots.remove web of blue"));
    expect(await problemsOf(scenario)).toEqual([]);
  });

  it("a cutover that nobody promoted is taken as it is", async () => {
    const scenario = aScenario();
    await scenario.deploy("v1");
    await scenario.deploy("v2");
    for (const door of scenario.world.state.doors.values()) door.routing = { stable: "blue", share: 100, salt: 0 };
    scenario.world.restart();
    expect(await scenario.deploy("v3")).toMatchObject({ outcome: "live", serving: { tag: "v3" } });
    expect(await problemsOf(scenario)).toEqual([]);
  });

  it("a door that is gone is made again for the release that the journal remembers", async () => {
    const scenario = aScenario();
    await scenario.deploy("v1");
    await scenario.deploy("v2");
    scenario.world.state.doors.clear();
    scenario.world.behaviours.set("v3", { unhealthy: ["web"] });
    expect(await scenario.deploy("v3")).toMatchObject({ outcome: "failed", serving: { tag: "v2", share: 100 } });
    expect(serves(scenario, "v2")).toEqual([]);
    expect(problemsLater(await problemsOf(scenario))).toEqual([]);
  });

  it("a door that is gone is made again before a build that fails, also where nobody remembers who served", async () => {
    const scenario = aScenario();
    await scenario.deploy("v1");
    await scenario.deploy("v2");
    const { state, calls } = scenario.world;
    state.doors.clear();
    state.records.length = 0;
    calls.fault = ({ name }) => (name.startsWith("images.build") ? new SluiceError("BUILD_FAILED", "no") : undefined);
    expect(await scenario.deploy("v3")).toMatchObject({ outcome: "failed", serving: { tag: "v2", share: 100 } });
    expect(reached(scenario)).toEqual({ web: ["v2"] });
  });

  it("a door that is gone comes back by going to the release that serves, and on the way to the one before", async () => {
    for (const to of ["v2", undefined]) {
      const scenario = aScenario();
      await scenario.deploy("v1");
      await scenario.deploy("v2");
      scenario.world.state.doors.clear();
      const tag = to ?? "v1";
      expect(await scenario.rollback(to)).toMatchObject({ outcome: "live", serving: { tag, share: 100 } });
      expect(serves(scenario, tag)).toEqual([]);
      expect(problemsLater(await problemsOf(scenario))).toEqual([]);
      expect(await scenario.rollback(tag)).toMatchObject({ outcome: "nothing-to-do" });
    }
  });

  it("a deployment that finds a door gone may be killed before every effect", async () => {
    const { kills, broken } = await killEverywhere({
      given: async () => {
        const scenario = aScenario();
        await scenario.deploy("v1");
        await scenario.deploy("v2");
        scenario.world.state.doors.clear();
        scenario.world.state.gaps.add("web");
        return scenario;
      },
      when: (scenario) => scenario.deploy("v3"),
      next: (scenario) => scenario.deploy("v3"),
      holds: (scenario) => serves(scenario, "v3"),
    });
    expect(broken.slice(0, 5)).toEqual([]);
    expect(kills).toBeGreaterThan(45);
  });

  it("a door that was stopped leads to the previous as soon as it runs again", async () => {
    const scenario = aScenario({ config: aConfig({ rollout: { keep: "removed" } }) });
    await scenario.deploy("v1");
    for (const door of scenario.world.state.doors.values()) door.running = false;
    scenario.world.behaviours.set("v2", { failingChecks: ["web runs"] });
    expect(await scenario.deploy("v2")).toMatchObject({ outcome: "failed", serving: { tag: "v1", share: 100 } });
    expect(serves(scenario, "v1")).toEqual([]);
  });
});

/** Without what was so already when the door was removed: its users are lost until it is back. */
function problemsLater(problems: readonly string[]): readonly string[] {
  return problems.filter((problem) => !problem.startsWith("after base.claim"));
}

function dropBundle({ world }: Scenario, tag: string): void {
  for (const [id, { bundle }] of world.state.bundles) if (bundle.tag === tag) world.state.bundles.delete(id);
}

function bundleIdOfBlue({ world }: Scenario): string {
  return [...world.state.containers.values()].find(({ place }) => place === "blue")?.release ?? "";
}
