import {
  type Config,
  type DeploymentPlan,
  type Finding,
  type HeldServices,
  isGiven,
  isInSlot,
  type LiveSlot,
  type MovedPorts,
  maybeMovedPorts,
  movedPorts,
  type ObservedStack,
  type Orphan,
  type PortTransfer,
  portHeirs,
  type ReleaseBundle,
  type ServiceFacts,
  type StoredRelease,
  warmRelease,
} from "@sluice/core";
import type { MigrationFate } from "../record/data-history.ts";
import type { RollbackRequest } from "../requests.ts";
import type { EnginePorts } from "../scope.ts";

/** What is known when the way back is chosen. */
export interface RollbackFacts {
  readonly config: Config;
  readonly target: ReleaseBundle;
  /** The same with its model. */
  readonly release: StoredRelease;
  /** The release that serves until then; `null` where it is not stored. */
  readonly left: StoredRelease | null;
  /** The slot that serves until then. */
  readonly live: LiveSlot | null;
  /** The stack next to what is checked out, with data of the target next to that. */
  readonly observed: ObservedStack;
  /** A service is in base in the one release and in slots in the other. */
  readonly changesPlace: boolean;
  /** Data that either release has done something to is gone. */
  readonly isDataAnew: boolean;
  /** Services of base of which another one runs than the target has. */
  readonly differing: readonly string[];
  /** What is in base and no part of the target. */
  readonly orphans: readonly Orphan[];
  /** Those of them that have what the target needs. */
  readonly held: readonly Finding[];
  readonly inSlots: HeldServices;
  readonly transfers: readonly PortTransfer[];
}

/** With what the plan of a rollback is made and proven to be possible. */
export interface RollbackScope {
  readonly request: RollbackRequest;
  readonly ports: EnginePorts;
  readonly signal: AbortSignal | undefined;
  /** What the target is judged by. */
  readonly judging: Config;
  /** What became of what the target has done to the data. */
  readonly fate: MigrationFate;
}

/** A plan that nothing is in the way of, and what there is to tell of it. */
export interface WayBack {
  readonly plan: DeploymentPlan;
  readonly told: readonly Finding[];
}

/**
 * Whether going back is a change of route: the target is warm, no door is to be made otherwise for it, and what is in base stays
 * where it is. On data that begins empty what is warm is no sooner good than what is made anew. Pure.
 */
export function isChangeOfRoute(facts: RollbackFacts): boolean {
  const { target, left, observed, changesPlace, isDataAnew, transfers } = facts;
  const { services } = target;
  const heirs = portHeirs(left?.bundle.services ?? [], services);
  const changesHands = Object.keys(heirs).length > 0 || transfers.some((each) => isGiven(each, services));
  const isMoved = Object.keys(portsMoved(facts, observed.doors)).length > 0;
  const isWarm = warmRelease(observed, services) === target.id;
  return isWarm && !isDataAnew && !changesPlace && !changesHands && !isMoved;
}

/** Web services of the target that no door can lead to in both releases; by what the doors show where the one that is left is not stored. Pure. */
export function portsMoved(
  { target: { services }, left, live }: Pick<RollbackFacts, "target" | "left" | "live">,
  doors: ObservedStack["doors"],
): MovedPorts {
  return live && !left ? maybeMovedPorts(doors, services) : movedPorts(left?.bundle.services ?? [], services);
}

/** A service is in base in the one release and in slots in the other: going back is more than a change of route. Pure. */
export function hasOtherPlace({ services }: ReleaseBundle, serves: StoredRelease | null): boolean {
  const before = new Map(serves?.bundle.services.map((service) => [service.name, service]));
  const isElsewhere = (one: ServiceFacts, other: ServiceFacts | undefined) =>
    other?.active === true && one.active && isInSlot(one) !== isInSlot(other);
  return services.some((service) => isElsewhere(service, before.get(service.name)));
}
