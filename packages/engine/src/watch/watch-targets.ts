import {
  containersByService,
  isInSlot,
  otherSlot,
  type PlanStep,
  type Slot,
  selfCompared,
  type WatchedCheck,
  type WatchTarget,
  watchesContainers,
} from "@sluice/core";
import { baseContainers } from "../prepare/base-containers.ts";
import { lastLiveAt } from "../record/read-attempts.ts";
import { type DeploymentScope, judgingConfig, releaseOf } from "../scope.ts";

export interface WatchedSpan {
  /** The step that it is part of, or comes before. */
  readonly step: string;
  readonly slot: Slot;
  /** Percent of the users that the candidate gets meanwhile. */
  readonly share: number;
  readonly holdMs: number;
}

/**
 * Each check with what it watches in a span, as it is when the span begins. One whose services are all started or replaced by a
 * later step has nothing of the release to look at yet, and is left out.
 */
export async function findWatched(
  scope: DeploymentScope,
  checks: readonly WatchedCheck[],
  span: WatchedSpan,
  signal: AbortSignal,
): Promise<readonly { readonly check: WatchedCheck; readonly target: WatchTarget }[]> {
  const { services } = releaseOf(scope).bundle;
  const base = new Set(services.flatMap((service) => (isInSlot(service) ? [] : [service.name])));
  const isInBase = (check: WatchedCheck) => watchesContainers(check) && check.services.some((name) => base.has(name));
  const due = checks.flatMap((check) => dueIn(scope, span, check));
  const [usual, inBase] = await Promise.all([
    slotTarget(scope, span, signal),
    due.some(isInBase) ? baseContainers(scope, signal) : [],
  ]);
  return due.map((check) => {
    if (!isInBase(check)) return { check, target: usual };
    const containers = inBase.filter(({ service }) => check.services.includes(service));
    const now = scope.ports.clock.now();
    // All users meet it, whichever release they are led to.
    return { check, target: selfCompared({ ...usual, containers }, scope.run.usersMovedAt ?? now, now) };
  });
}

function dueIn({ plan }: DeploymentScope, { step }: WatchedSpan, check: WatchedCheck): readonly WatchedCheck[] {
  if (!watchesContainers(check)) return [check];
  const position = plan.steps.findIndex(({ id }) => id === step);
  const later = plan.steps.slice(Math.max(0, position));
  const services = check.services.filter((service) => !later.some((one) => makes(one, service)));
  return services.length > 0 ? [{ ...check, services }] : [];
}

function makes(step: PlanStep, service: string): boolean {
  if (step.kind === "base" || step.kind === "restart" || step.kind === "recreate") return step.service === service;
  return step.kind === "workers" && step.services.includes(service);
}

/** A release that has served before may be known for what it did then. */
async function wasLive(scope: DeploymentScope): Promise<boolean> {
  const isAsked = judgingConfig(scope).checks.some(({ sentry }) => sentry !== undefined);
  return isAsked && (await lastLiveAt(scope.ports.journal, releaseOf(scope).bundle.id)) !== null;
}

/** What is in slots, next to what is in the other. */
async function slotTarget(
  scope: DeploymentScope,
  { slot, share }: WatchedSpan,
  signal: AbortSignal,
): Promise<WatchTarget> {
  const { ports, stack, previousRelease, run } = scope;
  const [own, other] = await Promise.all([
    ports.observer.slotContainers(stack, slot, signal),
    ports.observer.slotContainers(stack, otherSlot(slot), signal),
  ]);
  const previous = previousRelease && {
    release: previousRelease.bundle.tag,
    containers: containersByService(other),
    share: 100 - share,
    servedUntil: run.usersMovedAt ?? null,
  };
  const release = releaseOf(scope).bundle.tag;
  const starts = own.map(({ startedAt }) => Date.parse(startedAt)).filter((at) => !Number.isNaN(at));
  const isBack = starts.length > 0 && (await wasLive(scope));
  const startedAt = isBack ? new Date(Math.min(...starts)) : undefined;
  return { stack, slot, release, containers: containersByService(own), share, startedAt, previous };
}
