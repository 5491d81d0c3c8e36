import { SluiceError } from "@sluice/core";
import { aConfig, aService } from "@sluice/testing";
import { describe, expect, it } from "vitest";
import { problemsOf } from "../../test/support/enumerate.ts";
import { aScenario, type Scenario } from "../../test/support/scenario.ts";

async function afterFirst(parts: Parameters<typeof aScenario>[0] = {}): Promise<Scenario> {
  const scenario = aScenario(parts);
  await scenario.deploy("v1");
  scenario.world.restart();
  return scenario;
}

const logOf = ({ world }: Scenario) => world.calls.log;
const keptOf = ({ world }: Scenario, deployment: string) =>
  Object.fromEntries([...(world.state.logs.get(deployment) ?? [])].map(([key, lines]) => [key.split(" ")[0], lines]));
const notKept = ({ world }: Scenario) =>
  world.events.filter((event) => event.type === "finding" && event.finding.code === "logs-not-kept");

describe("a deployment whose candidate fails", () => {
  it("keeps the whole log of each container once, what failed first, before any is removed", async () => {
    const scenario = await afterFirst();
    scenario.world.behaviours.set("v2", { exits: ["worker"] });
    const { deployment } = await scenario.deploy("v2");
    const log = logOf(scenario);
    expect(log.filter((name) => name.startsWith("logs.keep"))).toEqual(["logs.keep worker", "logs.keep web"]);
    expect(log.indexOf("logs.keep web")).toBeLessThan(log.indexOf("slots.remove web of green"));
    expect(log.indexOf("logs.keep worker")).toBeGreaterThan(log.indexOf("router.setRouting door web"));
    expect(keptOf(scenario, deployment)).toMatchObject({
      web: [expect.stringContaining("all words of")],
      worker: [expect.stringContaining("all words of")],
    });
  });

  it("keeps what its build and its jobs wrote too, nothing of what never ran, and says at its end what is kept and how to read it", async () => {
    const scenario = await afterFirst();
    scenario.world.behaviours.set("v2", { unhealthy: ["web"] });
    const { deployment } = await scenario.deploy("v2");
    expect(keptOf(scenario, deployment)).toMatchObject({ build: ["build of v2"], migrate: ["migrate at work"] });
    expect(scenario.world.events.at(-1)).toMatchObject({
      type: "deployment-end",
      logs: ["build", "migrate", "web"],
    });
  });

  it("leaves the hint of the error as it is: what the container has to do says more than where its log is", async () => {
    const scenario = await afterFirst();
    const hint = "it listens on all addresses (0.0.0.0)";
    scenario.world.calls.fault = ({ name }) =>
      name === "slots.start web of green" ? new SluiceError("NOT_READY", "web is not ready", { hint }) : undefined;
    await scenario.deploy("v2");
    expect(scenario.world.events.find(({ type }) => type === "error")).toMatchObject({ code: "NOT_READY", hint });
  });

  it("is undone and ends as ever where its logs cannot be kept, which is told once", async () => {
    const scenario = await afterFirst();
    scenario.world.behaviours.set("v2", { exits: ["worker"] });
    scenario.world.calls.fault = ({ name }) => (name.startsWith("logs.") ? new Error("no space left") : undefined);
    expect(await scenario.deploy("v2")).toMatchObject({ outcome: "rolled-back", exitCode: 21 });
    expect(notKept(scenario)).toHaveLength(1);
    expect(notKept(scenario)[0]).toMatchObject({
      finding: { severity: "warn", message: expect.stringContaining("no space left") },
    });
    scenario.world.restart();
    expect(await problemsOf(scenario)).toEqual([]);
  });

  it("is undone in time where a log does not come to an end", async () => {
    const scenario = await afterFirst();
    scenario.world.behaviours.set("v2", { unhealthy: ["web"] });
    scenario.world.calls.fault = ({ name }) => (name.startsWith("logs.keep") ? "hang" : undefined);
    const begin = scenario.world.clock.monotonicMs();
    expect(await scenario.deploy("v2")).toMatchObject({ outcome: "failed", exitCode: 20 });
    expect(scenario.world.clock.monotonicMs() - begin).toBeLessThan(20_000);
    expect(notKept(scenario)).toHaveLength(1);
  });

  it.each(["logs.keep worker", "logs.keep web", "slots.remove worker of green", "slots.remove web of green"])(
    "keeps them also where the run is killed at %s, and the next one undoes it",
    async (name) => {
      const scenario = await afterFirst();
      scenario.world.behaviours.set("v2", { exits: ["worker"] });
      scenario.world.calls.fault = (call) => (call.name === name ? "crash" : undefined);
      await scenario.deploy("v2").catch(() => undefined);
      scenario.world.restart();
      const { deployment = "" } = (await scenario.recover("undo")) ?? {};
      expect(Object.keys(keptOf(scenario, deployment)).toSorted()).toEqual(["build", "migrate", "web", "worker"]);
      expect(await problemsOf(scenario)).toEqual([]);
    },
  );
});

it("a job that fails keeps what it wrote", async () => {
  const scenario = await afterFirst();
  scenario.world.behaviours.set("v2", { failingJobs: ["migrate"] });
  const { deployment } = await scenario.deploy("v2");
  expect(keptOf(scenario, deployment)).toMatchObject({ migrate: ["migrate at work"] });
});

describe("a service that is replaced stop-first", () => {
  const parts = { services: [aService("web", { strategy: "recreate" })] };

  it("keeps nothing of the version before, which runs still", async () => {
    const scenario = await afterFirst(parts);
    scenario.world.calls.fault = ({ name }) => (name === "base.up web: stop" ? new Error("no space left") : undefined);
    const { deployment } = await scenario.deploy("v2");
    expect(keptOf(scenario, deployment)).not.toHaveProperty("web");
  });

  it("keeps what failed, also where a run dies after it has put the version before in its place", async () => {
    const scenario = await afterFirst(parts);
    scenario.world.behaviours.set("v2", { unhealthy: ["web"] });
    let starts = 0;
    scenario.world.calls.fault = ({ name }) => {
      if (name === "base.up web: start") starts += 1;
      else if (starts === 2) return "crash";
      return undefined;
    };
    await scenario.deploy("v2").catch(() => undefined);
    const [deployment = ""] = scenario.world.state.logs.keys();
    const { web } = keptOf(scenario, deployment);
    expect(web).toHaveLength(1);
    scenario.world.restart();
    await scenario.recover("undo");
    expect(keptOf(scenario, deployment)).toMatchObject({ web });
  });

  it("is back soon where a log does not come to an end", async () => {
    const scenario = await afterFirst(parts);
    scenario.world.behaviours.set("v2", { unhealthy: ["web"] });
    scenario.world.calls.fault = ({ name }) => (name.startsWith("logs.keep") ? "hang" : undefined);
    const begin = scenario.world.clock.monotonicMs();
    await scenario.deploy("v2");
    expect(scenario.world.clock.monotonicMs() - begin).toBeLessThan(5_000);
    expect(notKept(scenario)).toHaveLength(1);
  });
});

it("a service in base that fails keeps its log before it is put back", async () => {
  const scenario = await afterFirst();
  const failToStart = () => {
    for (const container of scenario.world.state.containers.values()) {
      if (container.service === "db") container.startedAt = scenario.world.clock.now().toISOString();
    }
    throw new SluiceError("NOT_READY", "db is not ready");
  };
  scenario.world.calls.fault = ({ name }) => (name === "base.up db: start" ? failToStart : undefined);
  const { deployment } = await scenario.deploy("v2", { images: { db: "postgres:99" } });
  expect(Object.keys(keptOf(scenario, deployment))).toContain("db");
});

describe("retention", () => {
  it("keeps nothing of a deployment that goes well", async () => {
    const scenario = await afterFirst();
    expect(await scenario.deploy("v2")).toMatchObject({ outcome: "live" });
    expect([...scenario.world.state.logs.keys()]).toEqual([]);
    expect(scenario.world.events.at(-1)).not.toHaveProperty("logs");
  });

  it("keeps those of as many failed deployments as releases are kept", async () => {
    const scenario = await afterFirst({ config: aConfig({ releases: { keep: 2 } }) });
    const failed: string[] = [];
    for (const tag of ["v2", "v3", "v4"]) {
      scenario.world.behaviours.set(tag, { unhealthy: ["web"] });
      failed.push((await scenario.deploy(tag)).deployment);
      scenario.world.restart();
    }
    expect([...scenario.world.state.logs.keys()]).toEqual(failed.slice(-2));
  });
});
