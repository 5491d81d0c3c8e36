import type { Config } from "../config/schema.ts";
import { isApplication } from "../model/placement.ts";
import type { ServiceFacts } from "../model/service.ts";
import { otherSlot } from "../model/slot.ts";
import type { ObservedStack } from "../model/stack.ts";
import { liveSlot } from "./live/live-slot.ts";
import { collectSteps } from "./steps/collect-steps.ts";
import { gracesOf } from "./steps/graces.ts";
import { collectRemovals, type Orphan, orphanHeirs } from "./steps/orphans.ts";
import { addBase, addRecreated, baseServices } from "./steps/plan-base.ts";
import { addDoors, addRepublished } from "./steps/plan-candidate.ts";
import { addDrain, addPromotion, addRetire, addWorkers, closings } from "./steps/plan-ending.ts";
import { addMissingLinks, addRecover, droppedDoors, oldWorkers, openDropped } from "./steps/plan-previous.ts";
import { addRestarts } from "./steps/plan-restarts.ts";
import type { DeploymentPlan } from "./steps/step.ts";

export interface WarmRollback {
  /** Services of the release that serves; absent where its bundle is gone. */
  readonly replaced?: readonly ServiceFacts[] | undefined;
  /** Base services of which another one runs than the release has. Default: none. */
  readonly differing?: readonly string[] | undefined;
  /** Base services of the release that do not run and come back with it, by name with the reason. Default: none. */
  readonly lost?: Readonly<Record<string, string>> | undefined;
  /** What is in base and no part of the release, see `orphansOf`. Default: none. */
  readonly orphans?: readonly Orphan[] | undefined;
  /** Web services whose doors publish other ports than the release had. Default: none. */
  readonly republished?: readonly string[] | undefined;
}

/**
 * The way back to a warm slot: the route first, then the workers; no start, no steps of traffic. A door is touched only
 * where there is none, or once users are moved where it publishes other ports than the release; a proxy of the project only where
 * the release has another one; what of base does not run comes back first, and what is no part of the release goes last. What is left is
 * stopped where the configuration does not keep it warm.
 *
 * @param services those of the release that is gone back to
 */
export function planWarmRollback(
  services: readonly ServiceFacts[],
  config: Config,
  observed: ObservedStack,
  { replaced, differing = [], lost = {}, orphans = [], republished = [] }: WarmRollback = {},
): DeploymentPlan {
  const live = liveSlot(observed);
  const previous = live?.slot ?? null;
  const slot = previous ? otherSlot(previous) : "blue";
  const active = services.filter((service) => service.active);
  const inSlots = active.filter(({ strategy }) => strategy === "slots");
  const webs = inSlots.filter(({ role }) => role === "web");
  const names = webs.map(({ name }) => name);
  const workers = inSlots.filter(({ role }) => role === "worker");
  const dropped = droppedDoors(observed, names);
  const { steps, add } = collectSteps();
  addRecover(add, observed, live, config, replaced);
  addMissingLinks(add, observed, slot);
  const isMissing = ({ name }: ServiceFacts) => {
    const state = observed.doors[name]?.state ?? "absent";
    return state === "absent" || state === "stopped";
  };
  addDoors(add, webs.filter(isMissing), observed, { config });
  const base = baseServices(active);
  const removals = collectRemovals(add, orphans, orphanHeirs(orphans, base, replaced ?? [], observed));
  const down = base.filter(({ name }) => lost[name] !== undefined);
  removals.before(down);
  addBase(add, down, { ...observed, base: { ...observed.base, ...asStopped(lost) } }, { replaced });
  const cause = `slot ${slot} is warm: going back is a change of route`;
  const target = `${names.join(", ")} to ${slot}`;
  const moved = [...names, ...openDropped(observed, dropped)];
  add({ kind: "shift", slot, services: moved, share: 100, holdMs: 0, target, cause });
  const otherwise = webs.filter((service) => republished.includes(service.name) && !isMissing(service));
  addRepublished(add, otherwise, config);
  for (const service of base.filter(({ role }) => isApplication(role))) {
    removals.before([service]);
    addRecreated(add, [service], observed);
  }
  const edges = base.filter(
    (service) => service.role === "edge" && differing.includes(service.name) && !down.includes(service),
  );
  removals.before(edges);
  addBase(add, edges, observed, { differing });
  addRestarts(add, base, { steps, observed, differences: { differing } });
  const old = oldWorkers(observed, previous, { replaced, webs: names });
  const graceMsOf = gracesOf(replaced, services);
  addWorkers(add, { slot, workers, oldWorkers: old, graceMsOf });
  if (previous) addDrain(add, previous, moved, config, "requests that the version left behind accepted may end");
  addPromotion(add, slot, names, closings(dropped, services), "it is the stable slot again");
  // One that is kept warm is left as it is: its memory was there for both until now.
  if (previous && config.rollout.keep !== "warm")
    addRetire(add, previous, { config, leaving: old, observed, graceMsOf, hasSlot: true, webs });
  removals.rest();
  return { kind: "rollback", candidate: slot, previous, steps };
}

/** What the checkout says of them, which may be another release, is no reason for anything here. */
function asStopped(lost: Readonly<Record<string, string>>): ObservedStack["base"] {
  return Object.fromEntries(
    Object.entries(lost).map(([service, reason]) => [service, { service, state: "stopped", reason, containers: [] }]),
  );
}
