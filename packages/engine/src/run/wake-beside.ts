import {
  createDeadline,
  eachInOrder,
  isDown,
  keptForWayBack,
  type ObservedContainer,
  type ObservedStack,
  type PlanStep,
  type ServiceFacts,
} from "@sluice/core";
import { settle } from "../deadline.ts";
import { baseOf, observedAs } from "../prepare/base-as-released.ts";
import { isOver } from "../prepare/lost-base.ts";
import { report } from "../report.ts";
import type { DeploymentScope } from "../scope.ts";
import { startApart } from "./start-apart.ts";
import { containersInBase, containersOf, isStoppedByHand } from "./stopped-by-hand.ts";

const lookMs = 30_000;
/** For the start of what has none to wait for. */
const startMs = 60_000;
/** What a service takes at most beside what it may take to become ready: its start, and the grace of a wait that is over. */
const besideMs = 20_000;
/** A wait that has its own end is late by so much where it hangs. */
const lateMs = 5_000;

/** Users do not get all of what they were led back to. */
export interface Unserved {
  readonly why: string;
  /** Services that they do not reach, where they reach others; none where they reach nothing at all. */
  readonly shut: readonly string[];
}

/**
 * As `wakeServed`, where no slot served: what plain Compose ran, or the release before has in base, is started, what others need first: each
 * once that is ready, or has failed.
 *
 * @returns `undefined` where users are served, and where it cannot be seen
 */
export async function wakeBeside(scope: DeploymentScope): Promise<Unserved | undefined> {
  try {
    const seen = await look(scope);
    const { base, kept } = downBeside(scope, seen);
    if (base.length + kept.length === 0) return unservedBeside(scope, seen);
    await start(scope, base, kept).catch((error: unknown) => report(scope, error));
    return unservedBeside(scope, await look(scope));
  } catch (error) {
    report(scope, error);
    return undefined;
  }
}

async function look(scope: DeploymentScope): Promise<ObservedStack> {
  const { ports, previousRelease, project } = scope;
  using deadline = createDeadline(ports.clock, lookMs);
  const { signal } = deadline;
  const seen = async () =>
    previousRelease
      ? (await observedAs(scope, previousRelease, signal)).observed
      : await ports.observer.observe(project, signal);
  return await settle(ports.clock, signal, seen());
}

/**
 * What is down and nobody stopped. Of a first deployment base may hold what is its own, which nobody is led back to, but for what holds
 * data: that has taken the place of plain Compose's.
 */
function downBeside(
  { plan, previousRelease, project }: DeploymentScope,
  seen: ObservedStack,
): { readonly base: readonly ObservedContainer[]; readonly kept: readonly ObservedContainer[] } {
  const { services } = previousRelease?.bundle ?? project;
  const all = containersOf(seen);
  const ids = new Set([...keptForWayBack(plan), ...plan.steps.flatMap(recreatedOf)]);
  const isWanted = (one: ObservedContainer) => isDown(one.state) && !isLeft(one, services, all);
  const kept = all.filter((one) => ids.has(one.id) && isWanted(one));
  const base = baseOf({ services }).flatMap((service) => {
    const { containers = [] } = seen.base[service.name] ?? {};
    if (service.replicas === 0 || isOver(service, containers)) return [];
    const isAllTheirs = previousRelease !== null || service.role === "data";
    const theirs = isAllTheirs ? containers : containers.filter(({ byPlainCompose }) => byPlainCompose);
    return theirs.filter((one) => !ids.has(one.id) && isWanted(one));
  });
  return { base, kept };
}

function isLeft(
  one: ObservedContainer,
  services: readonly Pick<ServiceFacts, "stopGraceMs">[],
  all: readonly ObservedContainer[],
): boolean {
  return isStoppedByHand(one, all, Math.max(0, ...services.map(({ stopGraceMs }) => stopGraceMs)));
}

function recreatedOf(step: PlanStep): readonly string[] {
  return step.kind === "recreate" ? (step.restarts ?? step.replaces ?? []) : [];
}

/** What does not come up is told, and keeps down nothing else. */
async function start(
  scope: DeploymentScope,
  base: readonly ObservedContainer[],
  kept: readonly ObservedContainer[],
): Promise<void> {
  const { ports, previousRelease, project } = scope;
  const names = new Set([...base, ...kept].map(({ service }) => service));
  const services = (previousRelease?.bundle ?? project).services.filter(({ name }) => names.has(name));
  const needs = Object.fromEntries([...names].map((name) => [name, needsOf(services, name)]));
  const budgetOf = (service: string) => services.find(({ name }) => name === service)?.startBudget.timeoutMs ?? startMs;
  const spanMs = [...names].reduce((sum, service) => sum + budgetOf(service) + besideMs, startMs);
  using deadline = createDeadline(ports.clock, spanMs);
  const { signal } = deadline;
  const up = await startApart(scope, base, signal);
  const needed = new Set(Object.values(needs).flat());
  await eachInOrder(needs, async (service) => {
    const started = await startApart(
      scope,
      kept.filter((one) => one.service === service),
      signal,
    );
    const waited = up.filter((one) => one.service === service && needed.has(service));
    await Promise.all([...started, ...waited].map((one) => waitReady(scope, one, budgetOf(service))));
  });
}

function needsOf(services: readonly ServiceFacts[], service: string): readonly string[] {
  return services.find(({ name }) => name === service)?.dependsOn ?? [];
}

async function waitReady(scope: DeploymentScope, { id }: ObservedContainer, budgetMs: number): Promise<void> {
  const { clock, slots } = scope.ports;
  using deadline = createDeadline(clock, budgetMs + lateMs);
  const { signal } = deadline;
  await settle(clock, signal, slots.waitPlain([id], { signal })).catch((error: unknown) => report(scope, error));
}

/** Of services whose doors were to follow on what ran; somebody may have made that anew since, stopped it or taken it away. */
function unservedBeside(
  { plan, previousRelease, project }: DeploymentScope,
  seen: ObservedStack,
): Unserved | undefined {
  const { services } = previousRelease?.bundle ?? project;
  const all = containersOf(seen);
  const wanted = new Set(all.flatMap((one) => (isLeft(one, services, all) ? [] : [one.id])));
  const up = new Set(
    [...seen.plain, ...containersInBase(seen)].flatMap(({ service, state }) => (state === "running" ? [service] : [])),
  );
  const served = plan.steps.flatMap((step) => {
    if (step.kind !== "adopt") return [];
    const own = (service: string) => step.serving?.[service] ?? step.containers;
    return step.services.filter((service) => own(service).some((id) => step.restarts.includes(id) && wanted.has(id)));
  });
  const shut = served.filter((service) => !up.has(service));
  if (shut.length === 0) return undefined;
  return { why: shut.map((name) => `${name} does not run`).join("; "), shut: shut.length < served.length ? shut : [] };
}
