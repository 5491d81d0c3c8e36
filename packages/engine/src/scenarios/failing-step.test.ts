import { isSluiceError, SluiceError, type StepKind, stepKinds } from "@sluice/core";
import { aConfig, aService } from "@sluice/testing";
import { describe, expect, it } from "vitest";
import { problemsOf, serves } from "../../test/support/enumerate.ts";
import { aScenario, reached, type Scenario, shopServices } from "../../test/support/scenario.ts";
import type { DeploymentResult } from "../index.ts";

/** A deployment in which every kind of step has something to do. */
const rich = [
  ...shopServices,
  aService("legacy", { role: "worker", strategy: "recreate" }),
  aService("proxy", { role: "edge" }),
  aService("watcher", { role: "support", dependsOn: ["proxy"], restartsWith: ["proxy"] }),
];
/** The release before has it, and the one that is deployed has not. */
const gone = aService("gone", { role: "support" });
const config = aConfig({
  rollout: { bake: "1s", keep: "removed", steps: [10, 100] },
  releases: { keep: 2 },
  database: { service: "db", rehearsal: "block" },
});

async function richScenario(): Promise<Scenario> {
  const scenario = aScenario({ services: [...rich, gone], config });
  for (const tag of ["v1", "v2", "v3"]) {
    await scenario.deploy(tag);
    scenario.world.clock.advance(1_000);
  }
  scenario.world.restart();
  return scenario;
}

/** After these the candidate is live for good: they clear away. */
const cleaning = ["retire", "close", "remove", "prune"];

interface Failure {
  readonly scenario: Scenario;
  /** The effect that failed. */
  readonly effect: string;
  /** The kind of the step in which it failed; `null` outside of any. */
  readonly kind: StepKind | null;
  readonly result: DeploymentResult | SluiceError;
}

/** Deploys `v4` with effect number `at` failing; `null` when there are not that many. */
async function failAt(at: number): Promise<Failure | null> {
  const scenario = await richScenario();
  const { world } = scenario;
  let effect = "";
  let begun = "";
  world.calls.fault = ({ index, name }) => {
    if (name.startsWith("journal.append step-intent") && effect === "") begun = name;
    if (name.startsWith("journal.append deployment-end") && effect === "") begun = "";
    if (index !== at) return undefined;
    effect = name;
    return new SluiceError("ENGINE_FAILED", `${name} failed`);
  };
  const result = await scenario
    .deploy("v4", { services: rich, images: { proxy: "nginx:2" } })
    .catch((error: unknown) => {
      if (isSluiceError(error)) return error;
      throw error;
    });
  if (effect === "") return null;
  // A worker in base is looked at in the steps that make it and that promote.
  const isLook = effect === "observer.observe" && !/ (?:recreate|promote)-\d+$/.test(begun);
  const isEnding = isLook || effect === "bundles.list" || begun === "";
  const isInPrune = begun.includes("prune") && effect === "bundles.list";
  const kind = stepKinds.find((each) => begun.endsWith(` ${each}-${begun.at(-1)}`)) ?? null;
  return { scenario, effect, kind: isEnding && !isInPrune ? null : kind, result };
}

function wantedEnding({ scenario, effect, kind, result }: Failure): string {
  if (isSluiceError(result)) return "refused";
  const isRunning = scenario.world.events.some((event) => event.type === "step-end" && event.step === "promote-1");
  if (kind === null || cleaning.includes(kind)) return isRunning ? "live 0 v4" : "refused";
  // A door that does not answer once is none that leads users to a slot which is made anew beside a job, and it is brought back
  // before the candidate is judged.
  if ((kind === "job" || kind === "verify") && effect === "router.routing door web") return "live 0 v4";
  // Whose the stack is the engine did not say: it is this home's until it says otherwise.
  if (effect === "base.claim shop") return "live 0 v4";
  // What users got for good is not taken back because it cannot be written down.
  if (effect === "journal.append step-outcome promote-1") return "live 0 v4";
  const moved = scenario.world.state.records.filter(
    ({ step, deployment }) => step === "shift-1" && deployment === result.deployment,
  );
  return moved.length > 0 && effect !== "journal.append step-intent shift-1" ? "rolled-back 21 v3" : "failed 20 v3";
}

describe("whichever effect of a deployment fails", () => {
  it("the previous goes on serving, the candidate is gone, and the exit code says so", {
    timeout: 60_000,
  }, async () => {
    const kinds = new Set<StepKind | null>();
    const wrong: string[] = [];
    for (let at = 1; ; at++) {
      const failure = await failAt(at);
      if (!failure) break;
      const { scenario, effect, kind, result } = failure;
      kinds.add(kind);
      const wanted = wantedEnding(failure);
      const seen = scenario.world.events.some((event) => event.type === "deployment-end" && event.servingUnknown);
      const got = isSluiceError(result)
        ? "refused"
        : `${result.outcome} ${result.exitCode} ${seen ? wanted.split(" ")[2] : result.serving?.tag}`;
      // What could not be cleared away or written down is left to the next run, and costs nobody anything.
      const isLeft = (text: string) =>
        (kind === null && text.endsWith("has no end")) || (kind === "retire" && text.startsWith("networks of empty"));
      const problems = (await problemsOf(scenario)).filter((text) => !isLeft(text));
      const served = serves(scenario, wanted.startsWith("live") ? "v4" : "v3");
      if (got !== wanted) wrong.push(`${at} ${effect}: ${got} instead of ${wanted}`);
      wrong.push(...[...problems, ...served].map((text) => `${at} ${effect}: ${text}`));
    }
    expect(wrong.slice(0, 8)).toEqual([]);
    const never = ["recover", "clear", "create", "door", "preview-door", "adopt", "approval", "close"];
    expect([...kinds].filter((kind) => kind !== null).toSorted()).toEqual(
      stepKinds.filter((kind) => !never.includes(kind)).toSorted(),
    );
  });
});

describe("a release that is bad", () => {
  it.each([
    ["exits at once", { exits: ["web"] }, "failed", 20],
    ["never becomes healthy", { unhealthy: ["web"] }, "failed", 20],
    ["fails a check", { failingChecks: ["web runs"] }, "failed", 20],
    ["fails its job", { failingJobs: ["migrate"] }, "failed", 20],
    ["has a worker that does not start", { exits: ["worker"] }, "rolled-back", 21],
  ] as const)("and %s never costs the previous a user", async (_title, behaviour, outcome, exitCode) => {
    const scenario = aScenario();
    await scenario.deploy("v1");
    scenario.world.behaviours.set("v2", behaviour);
    expect(await scenario.deploy("v2")).toMatchObject({ outcome, exitCode, serving: { tag: "v1", share: 100 } });
    expect(reached(scenario)).toEqual({ web: ["v1"] });
    expect(await problemsOf(scenario)).toEqual([]);
    expect([...scenario.world.state.containers.values()].some(({ place }) => place === "green")).toBe(false);
  });

  it("and is judged so by what users get loses them at once", async () => {
    const scenario = aScenario({
      config: aConfig({ rollout: { steps: [{ share: 10, for: "5s" }, 100] }, analysis: { enabled: true } }),
    });
    await scenario.deploy("v1");
    const verdict = { check: "errors", result: "fail" as const, value: "12 %", limit: "<= 1 %", n: 80 };
    scenario.world.behaviours.set("v2", { verdict });
    const result = await scenario.deploy("v2");
    expect(result).toMatchObject({ outcome: "rolled-back", exitCode: 21, serving: { tag: "v1", share: 100 } });
    expect(result.reason).toContain("errors: 12 %");
    expect(await problemsOf(scenario)).toEqual([]);
  });

  it("and whose containers somebody else replaced is not called live, and may be tried again", async () => {
    const scenario = aScenario();
    await scenario.deploy("v1");
    scenario.world.calls.fault = ({ name }) => {
      if (name !== "journal.append step-intent promote-1") return undefined;
      return () => {
        for (const container of scenario.world.state.containers.values()) {
          if (container.place === "green") container.imageId = "sha256:other";
        }
      };
    };
    const result = await scenario.deploy("v2");
    expect(result).toMatchObject({ outcome: "rolled-back", exitCode: 21, serving: { tag: "v1", share: 100 } });
    expect(result.reason).toContain("image ids");
    scenario.world.restart();
    expect(await scenario.deploy("v2")).toMatchObject({ outcome: "live", serving: { tag: "v2" } });
  });

  it("and whose worker somebody else removed is not called live, and may be tried again", async () => {
    const scenario = aScenario();
    await scenario.deploy("v1");
    const { calls, state } = scenario.world;
    calls.fault = ({ name }) => {
      if (name !== "journal.append step-intent promote-1") return undefined;
      return () => {
        const removed = [...state.containers.values()].find(
          ({ place, service }) => `${service} in ${place}` === "worker in green",
        );
        state.containers.delete(removed?.id ?? "");
      };
    };
    const result = await scenario.deploy("v2");
    expect(result).toMatchObject({ outcome: "rolled-back", exitCode: 21, serving: { tag: "v1", share: 100 } });
    expect(result.reason).toContain("no container of worker");
    scenario.world.restart();
    expect(await scenario.deploy("v2")).toMatchObject({ outcome: "live", serving: { tag: "v2" } });
  });

  it("in a first deployment leaves nothing behind that holds its port", async () => {
    const scenario = aScenario();
    scenario.world.behaviours.set("v1", { failingChecks: ["web runs"] });
    expect(await scenario.deploy("v1")).toMatchObject({ outcome: "failed", exitCode: 20, serving: null });
    expect(scenario.world.state.doors.size).toBe(0);
    expect(await problemsOf(scenario)).toEqual([]);
  });
});
