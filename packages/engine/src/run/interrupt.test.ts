import type { Config, ServiceFacts } from "@sluice/core";
import { aConfig, aService } from "@sluice/testing";
import { describe, expect, it } from "vitest";
import { problemsOf, serves } from "../../test/support/enumerate.ts";
import { aScenario, type Scenario } from "../../test/support/scenario.ts";

const gradual = aConfig({
  rollout: { bake: "1s", steps: [{ share: 10, for: "1s" }, 100] },
  analysis: { enabled: true },
});

interface Case {
  /** Of the version before; default: those of the scenario. */
  readonly before?: readonly ServiceFacts[] | undefined;
  readonly services?: readonly ServiceFacts[] | undefined;
  readonly config?: Config | undefined;
}

async function interruptedAt(
  at: number,
  { before, services, config = gradual }: Case = {},
): Promise<{ scenario: Scenario; effect: string; outcome: string } | null> {
  const scenario = aScenario({ config, services });
  await scenario.deploy("v1", { services: before });
  scenario.world.restart();
  const controller = new AbortController();
  let effect = "";
  scenario.world.calls.fault = ({ index, name }) => {
    if (index !== at) return undefined;
    effect = name;
    return () => controller.abort(new Error("asked to stop"));
  };
  const outcome = await scenario.deploy("v2", { signal: controller.signal }).then(
    (result) => `${result.outcome} ${result.exitCode}`,
    (error: unknown) => String(error),
  );
  return effect === "" ? null : { scenario, effect, outcome };
}

/** What the last word of the second deployment says that users reach; nothing where it was refused. */
function saidServing({ world }: Scenario): readonly string[] {
  const ends = world.events.flatMap((event) =>
    event.type === "deployment-end" ? [event.serving?.tag ?? "nobody"] : [],
  );
  return ends.slice(1);
}

/** The last word says `resume` where the attempt was left open, and only there. */
function saidResume({ world }: Scenario): readonly string[] {
  const last = world.events.findLast((event) => event.type === "deployment-end");
  if (last?.type !== "deployment-end" || last.outcome !== "interrupted") return [];
  const isOpen = !world.state.records.some(
    ({ type, deployment }) => type === "deployment-end" && deployment === last.deployment,
  );
  return (last.next === "sluice resume") === isOpen ? [] : [`says next: ${last.next ?? "nothing"}`];
}

/** Complains unless just one version of the application runs: the one that the last word says, or `tag`. */
function aloneRuns({ world }: Scenario, tag?: string): readonly string[] {
  const runs = [...world.state.containers.values()].filter(
    ({ facts, state }) => facts.role !== "data" && state === "running",
  );
  const tags = [...new Set(runs.map(({ imageId }) => imageId.split("-").at(-1) ?? ""))];
  const last = world.events.findLast((event) => event.type === "deployment-end");
  const said = tag ?? (last?.type === "deployment-end" ? last.serving?.tag : undefined);
  return tags.length === 1 && tags[0] === said ? [] : [`${tags.join(" and ") || "nothing"} runs, not ${said}`];
}

describe("a deployment interrupted at any of its effects", () => {
  it("goes back before cutover, leaves the rest to the next run after it, and never loses a user", async () => {
    const wrong: string[] = [];
    const outcomes = new Set<string>();
    for (let at = 1; ; at++) {
      const run = await interruptedAt(at);
      if (!run) break;
      const { scenario, effect, outcome } = run;
      outcomes.add(outcome);
      const say = (problems: readonly string[]) => wrong.push(...problems.map((text) => `${at} ${effect}: ${text}`));
      say(scenario.world.violations);
      say(saidServing(scenario).flatMap((tag) => serves(scenario, tag)));
      say(saidResume(scenario));
      scenario.world.restart();
      await scenario.deploy("v2");
      say([...(await problemsOf(scenario)), ...serves(scenario, "v2")]);
    }
    expect(wrong.slice(0, 8)).toEqual([]);
    expect([...outcomes].toSorted()).toEqual(["Error: asked to stop", "interrupted 130", "live 0"]);
  });

  const data = aService("db", { role: "data" });
  const web = (strategy: "slots" | "recreate") => [aService("web", { strategy }), data];

  // Once the version before is gone there is only the new one.
  const removing = aConfig({ rollout: { keep: "removed" } });

  it.each<[string, Case]>([
    ["workers only", { services: [aService("worker", { role: "worker" }), data] }],
    ["a service that leaves the slots", { before: web("slots"), services: web("recreate") }],
    ["what is all in base", { services: web("recreate") }],
  ])("never leaves nothing running where no share is shifted: %s", async (_title, parts) => {
    const wrong: string[] = [];
    for (let at = 1; ; at++) {
      const run = await interruptedAt(at, { ...parts, config: removing });
      if (!run) break;
      const { scenario, effect } = run;
      const say = (problems: readonly string[]) => wrong.push(...problems.map((text) => `${at} ${effect}: ${text}`));
      say([...scenario.world.violations, ...saidResume(scenario), ...aloneRuns(scenario)]);
      scenario.world.restart();
      await scenario.deploy("v2");
      say([...scenario.world.violations, ...scenario.world.leftovers(), ...aloneRuns(scenario, "v2")]);
    }
    expect(wrong.slice(0, 8)).toEqual([]);
  });

  it.each(["images.build v2", "slots.waitReady worker of green"])(
    "says at the step why it ended, whatever it threw: %s",
    async (effect) => {
      const scenario = aScenario();
      await scenario.deploy("v1");
      scenario.world.restart();
      const controller = new AbortController();
      scenario.world.calls.fault = ({ name }) => {
        if (name !== effect) return undefined;
        controller.abort(new Error("interrupted by SIGINT"));
        return new DOMException("The operation was aborted", "AbortError");
      };
      await scenario.deploy("v2", { signal: controller.signal });
      const failed = scenario.world.events.find((event) => event.type === "step-end" && event.result === "failed");
      expect(failed).toMatchObject({ detail: "interrupted by SIGINT" });
      const record = scenario.world.state.records.find(
        ({ type, result }) => type === "step-outcome" && result === "failed",
      );
      expect(record).toMatchObject({ error: { message: "interrupted by SIGINT" }, interrupted: true });
    },
  );

  it("and does not wait for what does not heed the interruption", async () => {
    const scenario = aScenario();
    await scenario.deploy("v1");
    scenario.world.restart();
    const controller = new AbortController();
    scenario.world.calls.fault = ({ name }) => {
      if (name === "images.build v2") queueMicrotask(() => controller.abort(new Error("asked to stop")));
      return name === "doors.addresses web" || name === "images.build v2" ? "hang" : undefined;
    };
    const begin = scenario.world.clock.monotonicMs();
    expect(await scenario.deploy("v2", { signal: controller.signal })).toMatchObject({
      outcome: "interrupted",
      exitCode: 130,
      serving: { tag: "v1", share: 100 },
    });
    expect(scenario.world.clock.monotonicMs() - begin).toBeLessThan(5_000);
  });
});
