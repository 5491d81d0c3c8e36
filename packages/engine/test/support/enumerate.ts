import { readAttempts } from "../../src/index.ts";
import { killedAt, reached, type Scenario } from "./scenario.ts";

export interface Enumeration {
  /**
   * The world before the run that is killed. Called once: each run gets a copy, so what a test keeps beside the world it
   * begins anew in `when`.
   */
  readonly given: () => Promise<Scenario>;
  /** The run that is killed. */
  readonly when: (scenario: Scenario) => Promise<unknown>;
  /** The next run, which must put everything right. */
  readonly next: (scenario: Scenario) => Promise<unknown>;
  /** What else must hold after the next run, as a list of what does not. */
  readonly holds?: ((scenario: Scenario) => readonly string[]) | undefined;
  /** From which effect on, and every how many. Default 1 and 1. */
  readonly from?: number | undefined;
  readonly step?: number | undefined;
}

/** Kills a run before each of its effects in turn, lets the next run begin, and lists every promise that was broken. */
export async function killEverywhere(plan: Enumeration): Promise<{ kills: number; broken: readonly string[] }> {
  const broken: string[] = [];
  const step = plan.step ?? 1;
  const given = await plan.given();
  for (let at = plan.from ?? 1; ; at += step) {
    const scenario = given.copy();
    scenario.world.restart();
    let last = "";
    void scenario.world.calls.killed.then((effect) => (last = effect));
    const killed = await killedAt(scenario, at, () => plan.when(scenario));
    if (!killed) return { kills: Math.floor((at - (plan.from ?? 1)) / step), broken };
    const failed = await plan.next(scenario).then(
      () => [],
      (error: unknown) => [`the next run threw ${String(error)}`],
    );
    const wrong = [...failed, ...(await problemsOf(scenario)), ...(plan.holds?.(scenario) ?? [])];
    if (wrong.length > 0) broken.push(`killed before effect ${at}, ${last}: ${wrong.join("; ")}`);
  }
}

/** What must hold whenever nobody is at work. */
export async function problemsOf(scenario: Scenario): Promise<readonly string[]> {
  const { world } = scenario;
  world.restart();
  const attempts = await readAttempts(world.ports().journal);
  const open = attempts.filter(({ end }) => !end).map(({ start }) => `attempt ${start.deployment} has no end`);
  return [...world.violations, ...world.leftovers(), ...open, ...workerProblems(scenario)];
}

/** Exactly the workers of the live release run. Where all web services are in base nothing shows which that is. */
function workerProblems({ world }: Scenario): readonly string[] {
  const all = [...world.state.containers.values()];
  const live = new Set(Object.values(world.users()).flatMap((reach) => Object.keys(reach)));
  if ([...live].join() === "base") return [];
  return all.flatMap(({ facts, state, release, name }) => {
    if (facts.role !== "worker" || release === null) return [];
    const isLive = live.has(release);
    if (isLive && state !== "running") return [`worker ${name} of the live release is ${state}`];
    return !isLive && state === "running" ? [`worker ${name} runs and its release is not live`] : [];
  });
}

/** Complains unless all users of every service that the release has reach it. */
export function serves(scenario: Scenario, tag: string): readonly string[] {
  return Object.entries(reached(scenario)).flatMap(([service, tags]) =>
    tags.length === 1 && (tags[0] === tag || tags[0] === "none")
      ? []
      : [`users of ${service} reach ${tags.join(" and ")}, not ${tag}`],
  );
}
