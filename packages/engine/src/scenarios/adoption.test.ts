import { SluiceError } from "@sluice/core";
import { aConfig, addContainer, aProject, aService } from "@sluice/testing";
import { describe, expect, it } from "vitest";
import { problemsOf } from "../../test/support/enumerate.ts";
import { aScenario, reached, type Scenario, shopServices } from "../../test/support/scenario.ts";

function adopted(services = shopServices): Scenario {
  const scenario = aScenario({ services });
  scenario.world.runPlain(aProject({ services }));
  return scenario;
}

/** Its web service is reached by name alone. */
const behindEdge = shopServices.map((service) => (service.role === "web" ? { ...service, ports: [] } : service));

const plainNames = ({ world }: Scenario) =>
  [...world.state.containers.values()]
    .filter(({ place }) => place === "plain")
    .map(({ service, state }) => `${service} ${state}`);

describe("taking over what plain Compose runs", () => {
  it("tells of proxies of others that may know the address of before alone, and only where that changes", async () => {
    const scenario = adopted();
    const proxy = {
      container: "front-1",
      network: "shared",
      program: "nginx",
      renew: "docker exec front-1 nginx -s reload",
    };
    scenario.world.state.outsideProxies = [proxy];
    const told = () =>
      scenario.world.events.filter((event) => event.type === "finding" && event.finding.code === "proxy-outside")
        .length;
    expect(await scenario.deploy("v1")).toMatchObject({ outcome: "live" });
    expect(told()).toBe(1);
    expect(await scenario.deploy("v2")).toMatchObject({ outcome: "live" });
    expect(told()).toBe(1);
  });

  it("proves the candidate before the port changes hands, and leaves one version", async () => {
    const scenario = adopted();
    expect(reached(scenario)).toEqual({ web: ["plain"] });
    expect(await scenario.deploy("v1")).toMatchObject({ outcome: "live", serving: { tag: "v1" } });
    const { log } = scenario.world.calls;
    expect(log.indexOf("prober.probe web runs")).toBeLessThan(log.indexOf("slots.stopPlain web"));
    expect(log.filter((name) => name.startsWith("base.up"))).toEqual([]);
    expect(await problemsOf(scenario)).toEqual([]);
  });

  it.each([
    ["is not healthy", { unhealthy: ["web"] }, "failed", 20],
    ["has a worker that does not start", { exits: ["worker"] }, "rolled-back", 21],
  ] as const)(
    "leaves the plain containers serving where the candidate %s",
    async (_title, behaviour, outcome, exitCode) => {
      const scenario = adopted();
      scenario.world.behaviours.set("v1", behaviour);
      expect(await scenario.deploy("v1")).toMatchObject({ outcome, exitCode });
      expect(reached(scenario)).toEqual({ web: ["plain"] });
      expect(plainNames(scenario)).toEqual(["web running", "worker running"]);
      expect(scenario.world.state.doors.size).toBe(0);
      expect(scenario.world.violations).toEqual([]);
    },
  );

  it("keeps the candidate answering until the plain container may have its port again", async () => {
    const scenario = adopted();
    scenario.world.behaviours.set("v1", { exits: ["worker"] });
    await scenario.deploy("v1");
    const { log } = scenario.world.calls;
    const failed = log.indexOf("slots.waitReady worker of blue");
    const after = log
      .slice(failed + 1)
      .filter((name) => /router.set|router.drain|doors.remove|startPlain web|slots.remove web/.test(name));
    expect(after).toEqual([
      // Nobody new gets in, and what is under way ends.
      "router.setRouting door web",
      "router.drain door web at blue",
      "doors.remove web",
      "slots.startPlain web",
      "doors.removePreview web",
      "slots.remove web of blue",
    ]);
  });

  it("whichever effect fails, one version serves and the exit code says which", async () => {
    const wrong: string[] = [];
    for (let at = 1; ; at++) {
      const scenario = adopted();
      let effect = "";
      scenario.world.calls.fault = ({ index, name }) => {
        if (index !== at) return undefined;
        effect = name;
        return new SluiceError("ENGINE_FAILED", `${name} failed`);
      };
      const code = await scenario.deploy("v1").then(
        ({ exitCode }) => exitCode,
        () => 10,
      );
      if (effect === "") break;
      const wanted = code === 0 ? "v1" : "plain";
      const served = reached(scenario)["web"]?.join() ?? "nobody";
      const problems = [
        ...scenario.world.violations,
        ...(served === wanted ? [] : [`exit ${code}, users reach ${served}`]),
      ];
      wrong.push(...problems.map((text) => `${at} ${effect}: ${text}`));
    }
    expect(wrong.slice(0, 8)).toEqual([]);
  });

  it("and killed as it removes them is left to a person where its worker ends before it is finished: there is no way back", async () => {
    const scenario = adopted();
    const { world } = scenario;
    const removed: string[] = [];
    world.calls.fault = ({ name }) => {
      if (name.startsWith("slots.removePlain")) removed.push(name);
      return removed.length > 1 ? "crash" : undefined;
    };
    await scenario.deploy("v1").catch(() => undefined);
    world.restart();
    expect(plainNames(scenario)).toHaveLength(1);
    const worker = [...world.state.containers.values()].find(
      ({ service, place }) => service === "worker" && place === "blue",
    );
    if (!worker) throw new Error("no worker in blue");
    Object.assign(worker, { state: "exited", exitCode: 1 });
    expect(await scenario.recover()).toMatchObject({
      outcome: "needs-person",
      exitCode: 30,
      serving: { tag: "v1", share: 100 },
      reason: expect.stringContaining("is removed already: there is nothing to go back to"),
    });
    expect(reached(scenario)).toEqual({ web: ["v1"] });
    Object.assign(worker, { state: "running", exitCode: 0 });
    expect(await scenario.recover()).toMatchObject({ outcome: "live", serving: { tag: "v1" } });
    expect(await problemsOf(scenario)).toEqual([]);
  });

  it("stops and removes a second copy that someone started beside the slots, and never starts it again", async () => {
    const scenario = aScenario();
    await scenario.deploy("v1");
    const worker = aService("worker", { role: "worker" });
    scenario.world.restart();
    const second = addContainer(scenario.world.state, { place: "plain", facts: worker, state: "running" });
    const web = addContainer(scenario.world.state, { place: "plain", facts: aService("web"), state: "created" });
    scenario.world.behaviours.set("v2", { exits: ["worker"] });
    scenario.world.violations.length = 0;
    expect(await scenario.deploy("v2")).toMatchObject({ outcome: "rolled-back", exitCode: 21, serving: { tag: "v1" } });
    // What does not run harms nobody, and is kept until something is proven.
    expect([second.id, web.id].filter((id) => scenario.world.state.containers.has(id))).toEqual([web.id]);
    // The release that serves already: only the copy goes, and then there is nothing to do.
    addContainer(scenario.world.state, { place: "plain", facts: worker, state: "running" });
    expect(await scenario.deploy("v1")).toMatchObject({ outcome: "live" });
    expect(await scenario.deploy("v1")).toMatchObject({ outcome: "nothing-to-do" });
    expect(plainNames(scenario)).toEqual([]);
  });

  it("has the door of a service without ports answer before what it follows on stops, and proxies ask anew", async () => {
    const scenario = adopted(behindEdge);
    expect(await scenario.deploy("v1")).toMatchObject({ outcome: "live", serving: { tag: "v1" } });
    const { log } = scenario.world.calls;
    const handing = log.filter((name) => /doors.ensure |stopPlain|rereadNames/.test(name));
    expect(handing).toEqual([
      "doors.ensure web: create",
      "doors.ensure web: take over",
      "slots.stopPlain web",
      "base.rereadNames",
      "slots.stopPlain web",
      "slots.stopPlain worker",
    ]);
    expect(await problemsOf(scenario)).toEqual([]);
  });

  it("and on the way back what plain Compose ran answers before that door goes", async () => {
    const scenario = adopted(behindEdge);
    scenario.world.behaviours.set("v1", { exits: ["worker"] });
    expect(await scenario.deploy("v1")).toMatchObject({ outcome: "rolled-back" });
    const { log } = scenario.world.calls;
    const undone = log.slice(log.lastIndexOf("slots.startPlain web"));
    expect(undone.filter((name) => /doors.remove |rereadNames/.test(name))).toEqual([
      "base.rereadNames",
      "doors.remove web",
      "base.rereadNames",
    ]);
    expect(reached(scenario)).toEqual({ web: ["plain"] });
    expect(scenario.world.violations).toEqual([]);
  });

  it("of several services lets each go on until its own door is ready", async () => {
    const admin = aService("admin", { ports: [{ published: 9090, target: 3000, protocol: "tcp" }] });
    const scenario = adopted([...shopServices, admin]);
    expect(await scenario.deploy("v1")).toMatchObject({ outcome: "live" });
    const { log } = scenario.world.calls;
    const firstOf = (name: string) => log.indexOf(name);
    expect(log).toContain("slots.stopPlain admin");
    expect(firstOf("doors.ensure web: take over")).toBeLessThan(firstOf("slots.stopPlain admin"));
    expect(firstOf("doors.ensure admin: create")).toBeLessThan(firstOf("slots.stopPlain admin"));
    expect(await problemsOf(scenario)).toEqual([]);
  });
});

describe("plain containers that were kept for the way back, and that somebody removed", () => {
  const config = aConfig({ rollout: { bake: "1m" } });

  function baking(services = shopServices): Scenario {
    const scenario = aScenario({ services, config });
    scenario.world.runPlain(aProject({ services }));
    return scenario;
  }

  /** `docker container prune` */
  function prune({ world }: Scenario): undefined {
    const { containers } = world.state;
    for (const { id, place, state } of containers.values())
      if (place === "plain" && state !== "running") containers.delete(id);
  }

  /** What happens once, just before an effect. */
  function once({ world }: Scenario, effect: string, happens: () => Error | "crash" | undefined): void {
    let isOver = false;
    world.calls.fault = ({ name }) => {
      if (isOver || name !== effect) return undefined;
      isOver = true;
      return happens();
    };
  }

  const ended = new SluiceError("START_FAILED", "container worker ended");
  const left = {
    outcome: "needs-person",
    exitCode: 30,
    serving: { tag: "v1", share: 100 },
    reason: expect.stringContaining("web runs in slot blue alone: what served it beside the slots is removed"),
  };

  const candidate = ["web running", "worker running"];
  const inBlue = ({ world }: Scenario) =>
    [...world.state.containers.values()]
      .filter(({ place }) => place === "blue")
      .map(({ service, state }) => `${service} ${state}`);

  it("leave users with the candidate where a verdict would take it back, until it is finished", async () => {
    const scenario = baking();
    once(scenario, "slots.waitReady worker of blue", () => prune(scenario) ?? ended);
    expect(await scenario.deploy("v1")).toMatchObject(left);
    expect(inBlue(scenario)).toEqual(candidate);
    expect(await scenario.recover("undo")).toMatchObject(left);
    const told = scenario.world.events.flatMap((event) => (event.type === "finding" ? [event.finding] : []));
    expect(told.findLast(({ code }) => code === "unfinished-deployment")?.hint).toBe(
      "sluice resume finishes it; where it cannot be finished, sluice deploy --accept-not-undone goes on from what runs now",
    );
    expect(reached(scenario)).toEqual({ web: ["v1"] });
    expect(inBlue(scenario)).toEqual(candidate);
    expect(await scenario.recover("finish")).toMatchObject({ outcome: "live", serving: { tag: "v1" } });
    expect(await problemsOf(scenario)).toEqual([]);
  });

  it("leave them there, too, where it was killed before, and the next release goes on from there", async () => {
    const scenario = baking();
    once(scenario, "journal.append step-intent workers-1", () => "crash");
    await scenario.deploy("v1").catch(() => undefined);
    scenario.world.restart();
    prune(scenario);
    expect(await scenario.recover("undo")).toMatchObject(left);
    // All users are at one version.
    expect(await scenario.deploy("v2")).toMatchObject({ outcome: "live" });
    expect(reached(scenario)).toEqual({ web: ["v2"] });
    expect(scenario.world.violations).toEqual([]);
  });

  it("keep its door where they go while it is being undone", async () => {
    const scenario = baking();
    once(scenario, "slots.waitReady worker of blue", () => ended);
    const failing = scenario.world.calls.fault;
    scenario.world.calls.fault = (effect) => {
      if (effect.name === "journal.append undo-intent adopt-1") prune(scenario);
      return failing(effect);
    };
    expect(await scenario.deploy("v1")).toMatchObject({ outcome: "needs-person", serving: { tag: "v1", share: 100 } });
    expect(reached(scenario)).toEqual({ web: ["v1"] });
    expect(scenario.world.violations).toEqual([]);
  });

  it("leave the work with a candidate that has workers alone", async () => {
    const scenario = baking([aService("worker", { role: "worker" })]);
    once(scenario, "slots.waitReady worker of blue", () => prune(scenario) ?? ended);
    expect(await scenario.deploy("v1")).toMatchObject({
      outcome: "needs-person",
      reason: expect.stringContaining("worker runs in slot blue alone"),
    });
    expect(inBlue(scenario)).toEqual(["worker running"]);
  });

  it("leave nothing to stay with where the candidate does not run, either", async () => {
    const scenario = baking();
    once(scenario, "slots.waitReady worker of blue", () => {
      for (const one of scenario.world.state.containers.values()) if (one.place === "blue") one.state = "exited";
      return prune(scenario) ?? ended;
    });
    const result = await scenario.deploy("v1");
    expect(result).toMatchObject({ outcome: "needs-person", reason: expect.stringContaining("could not be undone") });
  });
});
