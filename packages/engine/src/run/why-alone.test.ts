import { type ServiceFacts, SluiceError } from "@sluice/core";
import { aConfig, aRequest, aService } from "@sluice/testing";
import { describe, expect, it } from "vitest";
import { aScenario, type RunParts, reached, type Scenario } from "../../test/support/scenario.ts";
import { prepareDeploy } from "../prepare/prepare-deploy.ts";
import { foreseeRollback } from "../prepare/way-back.ts";
import type { DeploymentResult } from "./end.ts";

const config = aConfig({ rollout: { steps: [50, 100], bake: "1m" } });
const on = (published: number) => ({ ports: [{ published, target: 3000, protocol: "tcp" as const }] });
const services: readonly ServiceFacts[] = [
  aService("front", on(80)),
  aService("api", on(81)),
  aService("worker", { role: "worker" }),
];

/** What serves before a deployment is `v1`. */
async function withV1(parts: RunParts = { services }): Promise<Scenario> {
  const scenario = aScenario({ config, services });
  await scenario.deploy("v1", parts);
  scenario.world.restart();
  return scenario;
}

function removeOf({ world }: Scenario, service: string): void {
  const { containers } = world.state;
  for (const { id, place, service: one } of containers.values()) {
    if (place === "blue" && one === service) containers.delete(id);
  }
}

const at = (step: string) => `journal.append step-intent ${step}`;

/** `v2` is killed as a step begins, and a container of `v1` goes meanwhile. */
async function killedWithout(service: string, step: string): Promise<Scenario> {
  const scenario = await withV1();
  scenario.world.calls.fault = ({ name }) => (name === at(step) ? "crash" : undefined);
  await scenario.deploy("v2").catch(() => undefined);
  scenario.world.restart();
  scenario.world.calls.fault = () => undefined;
  removeOf(scenario, service);
  return scenario;
}

describe("a deployment of which one service runs nowhere else any more", () => {
  it("is not undone where it was killed: users stay, and a person is told", async () => {
    const scenario = await killedWithout("front", "bake-1");
    expect(await scenario.recover("undo")).toMatchObject({
      outcome: "needs-person",
      exitCode: 30,
      serving: { tag: "v2", share: 100 },
      reason: expect.stringContaining("front runs in slot green alone"),
    });
    expect(reached(scenario)).toEqual({ front: ["v2"], api: ["v2"] });
    expect(await scenario.recover("finish")).toMatchObject({ outcome: "live", serving: { tag: "v2" } });
    expect(scenario.world.violations).toEqual([]);
  });

  it("is gone back from by a release that is made anew before users are led to it", async () => {
    const scenario = await killedWithout("front", "bake-1");
    expect(await scenario.rollback()).toMatchObject({ outcome: "live", serving: { tag: "v1", share: 100 } });
    expect(reached(scenario)).toEqual({ front: ["v1"], api: ["v1"] });
    expect(scenario.world.violations).toEqual([]);
  });

  it("is left by who goes back while only some users are there", async () => {
    const scenario = await killedWithout("front", "shift-2");
    const { world } = scenario;
    const accepted = scenario.rollbackRequest(undefined, { acceptNotUndone: true });
    expect(await foreseeRollback(accepted, world.ports())).toMatchObject({ release: { bundle: { tag: "v1" } } });
    await expect(foreseeRollback(scenario.rollbackRequest(), world.ports())).rejects.toMatchObject({
      code: "RECOVERY_REFUSED",
      message: expect.stringContaining("front runs in slot green alone"),
      hint: expect.stringContaining("sluice resume"),
    });
    expect(await scenario.rollback()).toMatchObject({ outcome: "needs-person", exitCode: 30 });
    expect(await scenario.recover("finish")).toMatchObject({ outcome: "live", serving: { tag: "v2" } });
  });

  it.each(["v3", "v1"])("keeps %s from being deployed while only some users are there", async (tag) => {
    const scenario = await killedWithout("front", "shift-2");
    const { world } = scenario;
    expect(reached(scenario)["front"]).toEqual(["v2"]);
    expect(await scenario.deploy(tag)).toMatchObject({
      outcome: "needs-person",
      exitCode: 30,
      reason: expect.stringContaining("front runs in slot green alone"),
    });
    expect(reached(scenario)["front"]).toEqual(["v2"]);
    const told = world.events.flatMap((event) => (event.type === "finding" ? [event.finding] : []));
    expect(told.find(({ code }) => code === "unfinished-deployment")?.hint).toMatch(/^sluice resume finishes it; /);
    expect(await scenario.recover("finish")).toMatchObject({ outcome: "live", serving: { tag: "v2" } });
    expect(await scenario.deploy(tag)).toMatchObject({ outcome: "live", serving: { tag } });
  });

  it.each(["v3", "v1", "rollback", "rollback v1"])(
    "is gone on from by %s where somebody accepts that, as it can be neither finished nor undone",
    async (wanted) => {
      const scenario = await killedWithout("front", "shift-2");
      const { world } = scenario;
      world.calls.fault = ({ name }) =>
        name === at("shift-2") ? new SluiceError("CHECK_FAILED", "front: no") : undefined;
      expect(await scenario.recover("finish")).toMatchObject({ outcome: "needs-person", serving: { share: 50 } });
      world.calls.fault = () => undefined;
      const tag = wanted === "v3" ? wanted : "v1";
      const goOn = (parts: RunParts = {}) => {
        if (wanted === tag) return scenario.deploy(tag, parts);
        return scenario.rollback(wanted === "rollback" ? undefined : tag, parts);
      };
      expect(await goOn()).toMatchObject({ outcome: "needs-person", exitCode: 30 });
      const told = world.events.flatMap((event) => (event.type === "finding" ? [event.finding] : []));
      expect(told.findLast(({ code }) => code === "unfinished-deployment")?.hint).toContain(
        "sluice deploy --accept-not-undone, or rollback, goes on from what runs now",
      );
      expect(await goOn({ acceptNotUndone: true })).toMatchObject({ exitCode: 0, serving: { tag, share: 100 } });
      expect(reached(scenario)).toEqual({ front: [tag], api: [tag] });
    },
  );

  it("is told of where a deployment over it is planned", async () => {
    const scenario = await killedWithout("front", "shift-2");
    const request = { ...scenario.rollbackRequest(), release: aRequest("v3") };
    const { findings } = await prepareDeploy(request, scenario.world.ports());
    expect(findings).toContainEqual(
      expect.objectContaining({
        code: "unfinished-deployment",
        message: expect.stringContaining("front runs in slot green alone"),
        hint: expect.stringContaining("sluice resume"),
      }),
    );
    await scenario.recover("finish");
    const after = await prepareDeploy(request, scenario.world.ports());
    expect(after.findings?.map(({ code }) => code)).not.toContain("unfinished-deployment");
  });

  /** A verdict on `v2` comes as the engine restarts `front` of `v1`; what becomes of it, by the looks at its slot since. */
  async function restartingAtVerdict(states: readonly ("running" | "restarting")[]): Promise<DeploymentResult> {
    const scenario = await withV1();
    let looks: number | undefined;
    scenario.world.calls.fault = ({ name }) => {
      const isVerdict = name === at("shift-2");
      if (isVerdict) looks = 0;
      if (looks === undefined || (!isVerdict && name !== "observer.slotContainers blue")) return undefined;
      const state = isVerdict ? "restarting" : states[Math.min(looks, states.length - 1)];
      if (!isVerdict) looks += 1;
      for (const one of scenario.world.state.containers.values()) {
        if (one.place === "blue" && one.service === "front" && state) one.state = state;
      }
      return isVerdict ? new SluiceError("CHECK_FAILED", "front: no") : undefined;
    };
    return scenario.deploy("v2");
  }

  it("is taken back where the engine has just started that again", async () => {
    const result = await restartingAtVerdict(["restarting", "running"]);
    expect(result).toMatchObject({ outcome: "rolled-back", exitCode: 21, serving: { tag: "v1", share: 100 } });
  });

  it.each([[["restarting"]], [["restarting", "running", "restarting"]]] as const)(
    "keeps its users where the engine starts that again and again: %s",
    async (states) => {
      expect(await restartingAtVerdict(states)).toMatchObject({
        outcome: "needs-person",
        exitCode: 30,
        reason: expect.stringContaining("front runs in slot green alone"),
      });
    },
  );

  it.each(["a verdict", "a signal"])("keeps its users where it is ended by %s", async (by) => {
    const scenario = await withV1();
    const stop = new AbortController();
    scenario.world.calls.fault = ({ name }) => {
      if (name !== at("shift-2")) return undefined;
      removeOf(scenario, "front");
      if (by === "a verdict") return new SluiceError("CHECK_FAILED", "front: no");
      stop.abort(new Error("SIGINT"));
      return undefined;
    };
    const result = await scenario.deploy("v2", { signal: stop.signal });
    expect(result).toMatchObject({
      outcome: "needs-person",
      exitCode: 30,
      reason: expect.stringContaining("front runs in slot green alone"),
    });
    const places = [...scenario.world.state.containers.values()].map(({ service, place }) => `${service}@${place}`);
    expect(places).toEqual(expect.arrayContaining(["front@green", "api@green"]));
    scenario.world.calls.fault = () => undefined;
    expect(await scenario.recover()).toMatchObject({ outcome: "needs-person" });
    expect(await scenario.deploy("v3")).toMatchObject({ outcome: "needs-person", exitCode: 30 });
    expect(reached(scenario)["front"]).toEqual(["v2"]);
    expect(await scenario.recover("finish")).toMatchObject({ outcome: "live", serving: { tag: "v2" } });
  });
});

describe("a deployment with something new, beside what has left the slots", () => {
  const recreated = aService("web", { strategy: "recreate", ...on(80) });
  const wanted = { services: [recreated, aService("admin", on(81))] };

  it("is undone after it was killed: what has left the slots comes back", async () => {
    const scenario = await withV1({ services: [aService("web", on(80))] });
    scenario.world.calls.fault = ({ name }) => (name === at("recreate-1") ? "crash" : undefined);
    await scenario.deploy("v2", wanted).catch(() => undefined);
    scenario.world.restart();
    scenario.world.calls.fault = () => undefined;
    expect(await scenario.recover("undo", wanted)).toMatchObject({ exitCode: 0, serving: { tag: "v1", share: 100 } });
    expect(reached(scenario)).toMatchObject({ web: ["v1"] });
  });

  it("is undone where slots held workers alone before", async () => {
    const worker = aService("jobs", { role: "worker" });
    const scenario = await withV1({ services: [recreated, worker] });
    const next = { services: [...wanted.services, worker] };
    scenario.world.calls.fault = ({ name }) => (name === at("workers-1") ? "crash" : undefined);
    await scenario.deploy("v2", next).catch(() => undefined);
    scenario.world.restart();
    scenario.world.calls.fault = () => undefined;
    expect(await scenario.recover("undo", next)).toMatchObject({ exitCode: 0 });
    expect(scenario.world.violations).toEqual([]);
  });
});
