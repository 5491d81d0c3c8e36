import { isSluiceError, SluiceError } from "@sluice/core";
import { aConfig, Crash } from "@sluice/testing";
import type { DeploymentResult } from "../../src/index.ts";
import { leaveAllDown, takeEngineAway } from "./engine-away.ts";
import { problemsOf } from "./enumerate.ts";
import { checkoutOf, type Release } from "./releases.ts";
import { aScenario, type Scenario } from "./scenario.ts";
import type { Story } from "./stories.ts";
import { differences, viewOf } from "./view.ts";

const config = aConfig({ rollout: { steps: [{ share: 50, for: "1s" }, 100] } });

/**
 * What is not as it must be: after every command that says how it ended, what is there is what is there where the release that serves
 * was deployed alone; one thing that goes wrong never needs a person; and in the end another release can be deployed.
 */
export async function problemsIn(story: Story): Promise<readonly string[]> {
  const scenario = await given(story);
  if (!scenario) return [];
  const problems: string[] = [];
  const judge = async (what: string, ended: DeploymentResult | null, tag?: string) => {
    if (!ended) return;
    problems.push(...(await wrongAfter(scenario, story, ended)).map((problem) => `${what}: ${problem}`));
    if (tag !== undefined && ended.exitCode === 0 && ended.serving?.tag !== tag)
      problems.push(`${what}: not ${tag} serves`);
  };
  const checkout = checkoutOf(story.v2);
  const begin = () => (story.goesBack ? scenario.rollback(undefined, checkout) : scenario.deploy("v2", checkout));
  const isKilled = goWrong(scenario, story);
  const first = await endOf(begin);
  scenario.world.restart();
  if (!isKilled()) await judge("at first", first);
  if (isKilled() && story.wrong === "killed twice") {
    killAfter(scenario, story.again);
    await endOf(() => scenario.recover(undefined, checkout));
    scenario.world.restart();
  }
  if (isKilled()) await judge(story.next, await endOf(() => command(scenario, story)), named(story));
  const last = await endOf(() => scenario.deploy("v3", checkoutOf(story.v1)));
  await judge("deploy v3", last);
  if (last?.serving?.tag !== "v3") problems.push(`v3 cannot be deployed: ${last?.reason ?? "it is refused"}`);
  const isOurs = story.wrong === "doors down" || story.wrong === "engine crash";
  const others = await problemsOf(scenario);
  return [...problems, ...others.filter((problem) => !(isOurs && problem.includes("are lost")))];
}

/** `null` where releases like these are refused. */
async function given({ v1, v2, goesBack }: Story): Promise<Scenario | null> {
  const scenario = aScenario({ config });
  const before = [{ tag: "v1", release: v1 }, ...(goesBack ? [{ tag: "v2", release: v2 }] : [])];
  for (const { tag, release } of before) {
    const ended = await endOf(() => scenario.deploy(tag, checkoutOf(release)));
    if (ended?.outcome !== "live") return null;
  }
  scenario.world.restart();
  return scenario;
}

/** What the machine does, that is not only asked or written down. */
const isDone = (name: string) => !/^(?:journal|bundles|observer|base\.claim)/.test(name);

/** @returns whether the deployer was killed meanwhile */
function goWrong(scenario: Scenario, { wrong, at, again }: Story): () => boolean {
  const { calls } = scenario.world;
  let effects = 0;
  if (wrong === "engine crash") {
    takeEngineAway(scenario, "", 1, { onReturn: () => leaveAllDown(scenario), from: () => ++effects >= at });
    return () => false;
  }
  const isErrorFirst = wrong === "error and killed";
  let killedFrom = wrong === "killed" || wrong === "killed twice" ? at : Number.POSITIVE_INFINITY;
  let isOver = killedFrom === at;
  let isKilled = false;
  calls.fault = ({ name }) => {
    effects += 1;
    if (effects >= killedFrom) {
      isKilled = true;
      return "crash";
    }
    // Once a release is promoted what fails is told, and is left to the next deployment.
    isOver ||= calls.log.includes("journal.append step-intent promote-1");
    if (isOver || effects < at || !isDone(name)) return undefined;
    isOver = true;
    if (isErrorFirst) killedFrom = effects + again;
    return wrong === "doors down" ? () => stopDoors(scenario) : new SluiceError("ENGINE_FAILED", "it cannot be done");
  };
  return () => isKilled;
}

function stopDoors({ world: { state } }: Scenario): void {
  for (const door of state.doors.values()) door.running = false;
}

function killAfter({ world: { calls } }: Scenario, effects: number): void {
  calls.fault = ({ index }) => (index >= effects ? "crash" : undefined);
}

function command(scenario: Scenario, { next, v1, v2 }: Story): Promise<DeploymentResult | null> {
  if (next === "deploy v1") return scenario.deploy("v1", { ...checkoutOf(v1), retry: true });
  if (next === "deploy v2") return scenario.deploy("v2", { ...checkoutOf(v2), retry: true });
  if (next === "rollback") return scenario.rollback(undefined, checkoutOf(v2));
  return scenario.recover(next === "recover" ? undefined : next, checkoutOf(v2));
}

/** `null` where the command was refused, had nothing to do, or its deployer was killed. */
async function endOf(run: () => Promise<DeploymentResult | null>): Promise<DeploymentResult | null> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof Crash || isSluiceError(error)) return null;
    throw error;
  }
}

/** Which of both a command names; `undefined` where that is left to it. */
function named({ next, goesBack }: Story): string | undefined {
  const [from, to] = goesBack ? ["v2", "v1"] : ["v1", "v2"];
  if (next === "undo") return from;
  if (next === "finish") return to;
  return next.startsWith("deploy ") ? next.slice("deploy ".length) : undefined;
}

async function wrongAfter(scenario: Scenario, story: Story, ended: DeploymentResult): Promise<readonly string[]> {
  const { outcome, reason = "", serving } = ended;
  if (outcome === "needs-person") return [`needs a person: ${reason}`];
  const release = serving?.tag === "v2" ? story.v2 : story.v1;
  if (!serving) return [`${outcome}, and nobody serves: ${reason}`];
  return differences(scenario, await alone(serving.tag, release)).map(
    (one) => `${outcome}, ${serving.tag} serves: ${one}`,
  );
}

const known = new Map<string, readonly string[]>();

/** What is there where a release was deployed to an empty machine. */
async function alone(tag: string, release: Release): Promise<readonly string[]> {
  const key = `${tag} ${JSON.stringify(release)}`;
  const seen = known.get(key);
  if (seen) return seen;
  const scenario = aScenario({ config });
  await scenario.deploy(tag, checkoutOf(release));
  const view = viewOf(scenario);
  known.set(key, view);
  return view;
}
