import { aConfig, aService } from "@sluice/testing";
import { describe, expect, it } from "vitest";
import { takeEngineAway } from "../../test/support/engine-away.ts";
import { aScenario, type RunParts, reached, type Scenario, shopServices } from "../../test/support/scenario.ts";
import { lastAttempt, unfinishedOf } from "../index.ts";
import type { EnginePorts } from "../scope.ts";

const config = aConfig({ rollout: { steps: [50, 100] } });

const lostLink = {
  slot: "blue",
  service: "db",
  container: "db-1",
  link: "shop-blue_link_default",
  aliases: [],
} as const;

/** A deployment of v2 whose stack is given to another state home before a call; with all that was done from then on. */
async function movedBefore(call: RegExp, failing?: "failing", seenBy?: (ports: EnginePorts) => EnginePorts) {
  const scenario = aScenario({ config });
  const { world } = scenario;
  await scenario.deploy("v1");
  world.restart();
  if (failing) world.behaviours.set("v2", { failingChecks: ["web runs"] });
  const since: string[] = [];
  let isMoved = false;
  world.calls.fault = ({ name }) => {
    if (isMoved) since.push(name);
    else if (call.test(name)) {
      isMoved = true;
      world.state.homeId = "another";
    }
    return undefined;
  };
  if (seenBy) {
    const ports = seenBy(world.ports());
    world.ports = () => ports;
  }
  const result = await scenario.deploy("v2");
  return { scenario, result, since };
}
/** Their slot is cleared and made by steps of their own. */
const withoutJobs = shopServices.filter(({ role }) => role !== "job");

/** Steps of the plan that makes a release live. */
async function planned(scenario: Scenario, tag: string, parts: RunParts) {
  await scenario.deploy(tag, parts);
  const plan = scenario.world.events.findLast((event) => event.type === "plan");
  return plan?.type === "plan" ? plan.steps : [];
}

describe("a stack that another state home has by now", () => {
  it.each([
    ["before its jobs", /step-outcome build-1/, ["v1"]],
    ["before any share", /step-outcome verify-1/, ["v1"]],
    ["at a share", /step-outcome shift-1/, ["v2", "v1"]],
    ["after the cutover", /step-outcome shift-2/, ["v2"]],
    ["before the promotion", /step-intent drain-1/, ["v2"]],
  ])("is left as it is %s: nobody is led on, nor back", async (_when, call, users) => {
    const { scenario, result, since } = await movedBefore(call);
    expect(result).toMatchObject({ outcome: "needs-person", exitCode: 30, error: { code: "HOME_MISMATCH" } });
    expect(result.reason).toMatch(/another state home; all is left as it is$/);
    expect(since.filter((name) => /^router\.setRouting|^migrations|^slots\.(runJob|stop)/.test(name))).toEqual([]);
    expect(reached(scenario)).toEqual({ web: users });
  });

  it("is left as it is also where the deployment fails for a reason of its own", async () => {
    const { result, since } = await movedBefore(/step-intent verify-1/, "failing");
    expect(result).toMatchObject({ outcome: "needs-person", error: { code: "HOME_MISMATCH" } });
    expect(result.reason).toMatch(/web runs.*; stack shop belongs to another state home; all is left as it is$/);
    expect(since.filter((name) => /^(router\.setRouting|slots\.remove)/.test(name))).toEqual([]);
  });

  it("keeps even its links as they are: only what serves is looked at for the last word", async () => {
    const { scenario, since } = await movedBefore(/step-outcome shift-1/, undefined, (ports) => ({
      ...ports,
      observer: {
        ...ports.observer,
        observe: async (...args) => ({ ...(await ports.observer.observe(...args)), missingLinks: [lostLink] }),
      },
    }));
    expect(since.filter((name) => name.startsWith("base.ensureNetworks"))).toEqual([]);
    expect(scenario.world.events).not.toContainEqual(
      expect.objectContaining({ finding: expect.objectContaining({ code: "missing-link" }) }),
    );
  });

  it("is undone by whoever brings the home back, of which every command is refused until then", async () => {
    const { scenario } = await movedBefore(/step-outcome shift-1/);
    const { world } = scenario;
    world.restart();
    await expect(scenario.deploy("v3")).rejects.toMatchObject({ code: "HOME_MISMATCH" });
    expect(unfinishedOf(await lastAttempt(world.ports().journal))?.begun).toContain("shift-1");
    world.state.homeId = "home";
    expect(await scenario.recover("undo")).toMatchObject({ outcome: "interrupted", exitCode: 0 });
    expect(reached(scenario)).toEqual({ web: ["v1"] });
    expect(world.violations).toEqual([]);
  });

  it.each(["networks", "base", "restart", "clear", "create", "start", "retire", "prune"] as const)(
    "has nothing changed that is its own by then: %s",
    async (kind) => {
      const pool = aService("pool", { role: "support", dependsOn: ["db"], restartsWith: ["db"] });
      const services = [...withoutJobs, pool];
      const keepFew = aConfig({
        rollout: { steps: [50, 100], keep: kind === "clear" ? "warm" : "stopped" },
        releases: { keep: 2 },
      });
      const scenario = aScenario({ config: keepFew, services });
      const { world } = scenario;
      for (const tag of ["v0", "v1", "v2"]) await scenario.deploy(tag);
      const newImage = { images: { db: "db:2" } };
      const steps = await planned(scenario.copy(), "v3", newImage);
      expect(steps.map((step) => step.kind)).toContain(kind);
      const before = steps[steps.findIndex((step) => step.kind === kind) - 1]?.id;
      world.restart();
      const since: string[] = [];
      let isMoved = false;
      world.calls.fault = ({ name }) => {
        if (isMoved) since.push(name);
        else if (name.startsWith(`journal.append step-outcome ${before}`)) {
          isMoved = true;
          world.state.homeId = "another";
          // That it was this home's is known no longer than a moment.
          world.clock.advance(1_000);
        }
        return undefined;
      };
      const result = await scenario.deploy("v3", newImage);
      expect(result).toMatchObject({ outcome: "needs-person", error: { code: "HOME_MISMATCH" } });
      expect(since.filter((name) => /^slots\.|^images\.|^bundles\.(?!list)|^base\.(?!claim)/.test(name))).toEqual([]);
    },
  );

  it("is not led back once it is promoted, also where the engine says only once whose it is, and finished by who has it again", async () => {
    const scenario = aScenario({ config: aConfig({ rollout: { steps: [50, 100], keep: "stopped" } }) });
    const { world } = scenario;
    await scenario.deploy("v1");
    world.restart();
    let asked = 0;
    world.calls.fault = ({ name }) => {
      if (name.startsWith("journal.append step-outcome promote-1")) {
        world.state.homeId = "another";
        world.clock.advance(1_000);
      }
      const isSilent = world.state.homeId === "another" && name.startsWith("base.claim") && ++asked > 1;
      return isSilent ? new Error("silence") : undefined;
    };
    expect(await scenario.deploy("v2")).toMatchObject({ outcome: "needs-person", error: { code: "HOME_MISMATCH" } });
    expect(reached(scenario)).toEqual({ web: ["v2"] });
    world.restart();
    world.state.homeId = "home";
    expect(await scenario.recover()).toMatchObject({ outcome: "live", serving: { tag: "v2", share: 100 } });
    expect(world.violations).toEqual([]);
  });

  it("has nothing cleaned once more as its engine comes back", async () => {
    const scenario = aScenario({ config: aConfig({ rollout: { steps: [50, 100], keep: "stopped" } }) });
    const { world } = scenario;
    await scenario.deploy("v1");
    world.restart();
    const { log } = world.calls;
    const retiring = () => log.filter((name) => name === "journal.append step-intent retire-1").length;
    const onReturn = () => {
      world.state.homeId = "another";
    };
    takeEngineAway(scenario, "slots.", 3, { from: () => retiring() > 0, onReturn });
    expect(await scenario.deploy("v2")).toMatchObject({ outcome: "needs-person", error: { code: "HOME_MISMATCH" } });
    expect(retiring()).toBe(1);
    expect(reached(scenario)).toEqual({ web: ["v2"] });
  });

  it("is asked for at once before each step that leads users, and for others only where some time went by", async () => {
    const scenario = aScenario({ config, services: withoutJobs });
    for (const tag of ["v1", "v2"]) await scenario.deploy(tag);
    const asked = async (run: Scenario, passing: number) => {
      run.world.restart();
      run.world.calls.fault = ({ name }) => {
        if (name.startsWith("journal.append step-outcome")) run.world.clock.advance(passing);
        return undefined;
      };
      const begin = run.world.calls.log.length;
      expect(await run.deploy("v3")).toMatchObject({ outcome: "live" });
      return run.world.calls.log.slice(begin).filter((name) => name.startsWith("base.claim")).length;
    };
    const [atOnce, slowly] = [await asked(scenario.copy(), 0), await asked(scenario.copy(), 1_000)];
    expect(slowly - atOnce).toBe(5);
  });

  it("is this home's still where the engine does not say whose it is", async () => {
    const scenario = aScenario({ config });
    await scenario.deploy("v1");
    scenario.world.restart();
    let asked = 0;
    scenario.world.calls.fault = ({ name }) =>
      name.startsWith("base.claim") && ++asked > 2 ? new Error("silence") : undefined;
    expect((await scenario.deploy("v2")).outcome).toBe("live");
    expect(asked).toBeGreaterThan(4);
  });
});
