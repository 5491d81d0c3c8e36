import type { JudgeWindow, Verdict } from "@sluice/core";
import { aConfig, aProject, aRequest } from "@sluice/testing";
import { describe, expect, it } from "vitest";
import { aScenario, reached, type Scenario, shopServices } from "../../test/support/scenario.ts";
import { deploy } from "../index.ts";

const few: Verdict = { check: "errors", result: "no-data", value: "0 % errors", limit: "<= 1 %", n: 3 };
const enough: Verdict = { ...few, result: "pass", n: 60 };
const bad: Verdict = { ...few, result: "fail", value: "40 % errors", n: 60 };

/** Deploys `v2`, of which there are too few requests; `later` is what is seen when `look` looks were made. */
async function deployed(onNoData: "proceed" | "extend" | "pause", later?: { look: number; verdict: Verdict }) {
  const scenario = aScenario({
    config: aConfig({
      rollout: { steps: [{ share: 10, for: "10s" }, 100], bake: "0s", approval: { timeout: "1m" } },
      analysis: { enabled: true, interval: "1s", onNoData },
    }),
  });
  await scenario.deploy("v1");
  scenario.world.restart();
  scenario.world.behaviours.set("v2", { verdict: few });
  let looks = 0;
  scenario.world.calls.fault = ({ name }) => {
    looks += name.startsWith("router.traffic") ? 1 : 0;
    if (later && looks > later.look) scenario.world.behaviours.set("v2", { verdict: later.verdict });
    return undefined;
  };
  const result = await scenario.deploy("v2");
  return { scenario, result, texts: progressOf(scenario) };
}

const progressOf = ({ world }: Scenario) =>
  world.events.flatMap((event) => (event.type === "step-progress" ? [event.text] : []));

describe("a step with too few requests to judge", () => {
  it("goes on by default, and says what it did not see", async () => {
    const { scenario, result, texts } = await deployed("proceed");
    expect(result).toMatchObject({ outcome: "live" });
    expect(texts).toContain("watched for 10s at 10 %");
    expect(scenario.world.events).toContainEqual(expect.objectContaining({ type: "verdict", verdict: few }));
  });

  it("is watched as long again at most", async () => {
    const { result, texts } = await deployed("extend");
    expect(result).toMatchObject({ outcome: "live" });
    expect(texts).toContain("too few to judge: watched 10s longer at most");
    expect(texts).toContain("watched for 20s at 10 %");
  });

  it("is watched longer only until there is enough", async () => {
    const { texts } = await deployed("extend", { look: 15, verdict: enough });
    expect(texts.find((text) => text.startsWith("watched for"))).toMatch(/^watched for 1[4-7]s at 10 %$/);
  });

  it("is taken back when what comes later is bad", async () => {
    const { result, scenario } = await deployed("extend", { look: 15, verdict: bad });
    expect(result).toMatchObject({ outcome: "rolled-back", reason: expect.stringContaining("40 %") });
    expect(reached(scenario)).toEqual({ web: ["v1"] });
  });

  it("waits for a person where that was asked for", async () => {
    const { result, scenario } = await deployed("pause");
    expect(result).toMatchObject({ outcome: "needs-person", exitCode: 30 });
    expect(result.reason).toContain("too few requests to judge the errors: n=3");
    expect(reached(scenario)).toEqual({ web: ["v2", "v1"] });
  });
});

describe("synthetic requests", () => {
  const http = { path: "/api/products" };
  const config = (checks: Parameters<typeof aConfig>[0] = {}) =>
    aConfig({
      ...checks,
      rollout: { steps: [{ share: 10, for: "20s" }, 100], bake: "0s" },
      analysis: { enabled: true, interval: "1s", onNoData: "synthetic" },
    });

  /** `users` is what the judge says of those who are there; probes fail from the fifth look on where `failing` names them. */
  async function asked(config_: ReturnType<typeof config>, users: Verdict, failing: readonly string[] = []) {
    const scenario = aScenario({ config: config_ });
    await scenario.deploy("v1");
    scenario.world.restart();
    const windows: JudgeWindow[] = [];
    const names: string[] = [];
    scenario.world.calls.fault = ({ name }) => {
      names.push(name);
      if (windows.length > 5) scenario.world.behaviours.set("v2", { failingChecks: [...failing] });
      return undefined;
    };
    const judge = (window: JudgeWindow): readonly Verdict[] => {
      const { requests, errors } = window.candidate;
      if (requests === 0) return [users];
      windows.push(window);
      return [{ ...enough, n: requests, result: errors >= 3 ? "fail" : "pass", value: `${errors} errors` }];
    };
    const facts = {
      stack: "shop",
      homeId: "home",
      previewSecret: "secret",
      config: config_,
      actor: "tester",
      reason: "a test",
    };
    const request = { ...facts, project: aProject({ services: shopServices }), release: aRequest("v2") };
    const result = await deploy(request, { ...scenario.world.ports(), judge }, new AbortController().signal);
    return { scenario, result, windows, names };
  }

  it("are judged as users are, where those are too few: of both versions, by the checks that only read", async () => {
    const checks = [{ http }, { http: { path: "/api/orders", method: "POST" } }];
    const { result, windows, names } = await asked(config({ checks }), few);
    expect(result).toMatchObject({ outcome: "live" });
    expect(windows).toHaveLength(20);
    expect(windows.at(-1)?.candidate).toMatchObject({ requests: 20, errors: 0 });
    expect(windows.at(-1)?.previous).toMatchObject({ requests: 20, errors: 0 });
    // Once before anybody met it.
    expect(names.filter((name) => name === "prober.probe POST /api/orders")).toHaveLength(1);
  });

  it("take a release back that errs", async () => {
    const { result, scenario } = await asked(config({ checks: [{ http }] }), few, ["GET /api/products"]);
    expect(result).toMatchObject({
      outcome: "rolled-back",
      reason: expect.stringContaining("errors of probes: 3 errors"),
    });
    expect(reached(scenario)).toEqual({ web: ["v1"] });
  });

  it("ask for the health path where no check reads, and nothing where users are enough", async () => {
    const healthy = config({ services: { web: { health: { path: "/up" } } } });
    expect((await asked(healthy, few)).names).toContain("prober.probe GET /up");
    const { windows } = await asked(healthy, enough);
    expect(windows).toEqual([]);
  });
});
