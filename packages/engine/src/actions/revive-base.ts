import { createDeadline, type ObservedBaseService, type PlanStep, type ServiceFacts } from "@sluice/core";
import { settle } from "../deadline.ts";
import { baseOf, observedAs } from "../prepare/base-as-released.ts";
import { isOver } from "../prepare/lost-base.ts";
import { report } from "../report.ts";
import type { DeploymentScope } from "../scope.ts";
import { renewals } from "./renewed-edges.ts";
import { upStored } from "./up-stored.ts";

const lookMs = 10_000;
/** Beside what a service may take to become ready. */
const makeMs = 30_000;

/**
 * Whether a base service, seen next to a release, has only to run to be as that release has it: it is down, or what took its
 * place was never started, and has written to nothing. Pure.
 */
export function isOnlyDown({ state, containers }: ObservedBaseService): boolean {
  // Compose makes what is new before it ends what was there, and starts none of it meanwhile.
  if (state === "changed") return containers.some((one) => one.state === "created");
  return state === "stopped" || state === "absent";
}

/**
 * After an undo: what reads its configuration anew is made again ahead of its step, and a run that died meanwhile left it down, though
 * no step that is undone names it. As `reviveBase`. Nothing else was touched: what is down of that was so before.
 *
 * @param undone steps whose undo has looked after what they are for already
 */
export async function reviveRest(scope: DeploymentScope, undone: readonly PlanStep[]): Promise<void> {
  const tried = renewals(undone);
  await reviveBase(
    scope,
    renewals(scope.plan.steps).filter((name) => !tried.includes(name)),
  );
}

/**
 * What the previous release has in base of these names, and only has to run for it, runs again. What has run as the candidate has it
 * stays. What fails here is told, and status names it.
 *
 * @returns those that run again
 */
export async function reviveBase(scope: DeploymentScope, names: readonly string[]): Promise<readonly string[]> {
  const revived: string[] = [];
  try {
    for (const service of await onlyDown(scope, names)) {
      if (await revive(scope, service)) revived.push(service.name);
    }
  } catch (error) {
    report(scope, error);
  }
  return revived;
}

async function onlyDown(scope: DeploymentScope, names: readonly string[]): Promise<readonly ServiceFacts[]> {
  const { previousRelease } = scope;
  if (!previousRelease) return [];
  const wanted = baseOf(previousRelease.bundle).filter(({ name, replicas }) => names.includes(name) && replicas > 0);
  if (wanted.length === 0) return [];
  const { clock } = scope.ports;
  using deadline = createDeadline(clock, lookMs);
  const { signal } = deadline;
  const { base } = (await settle(clock, signal, observedAs(scope, previousRelease, signal))).observed;
  return wanted.filter((service) => {
    const seen = base[service.name];
    return seen !== undefined && isOnlyDown(seen) && !isOver(service, seen.containers);
  });
}

async function revive(scope: DeploymentScope, facts: ServiceFacts): Promise<boolean> {
  const { previousRelease, ports } = scope;
  if (!previousRelease) return false;
  using deadline = createDeadline(ports.clock, facts.startBudget.timeoutMs + facts.stopGraceMs + makeMs);
  const { signal } = deadline;
  try {
    await settle(ports.clock, signal, upStored(previousRelease, facts, scope, { signal }));
    return true;
  } catch (error) {
    report(scope, error);
    return false;
  }
}
