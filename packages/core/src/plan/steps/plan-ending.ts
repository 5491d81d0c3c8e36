import type { Config } from "../../config/schema.ts";
import type { ServiceFacts } from "../../model/service.ts";
import type { Slot } from "../../model/slot.ts";
import type { ObservedContainer, ObservedStack } from "../../model/stack.ts";
import { type AddStep, shortStepMs } from "./collect-steps.ts";
import { forgivenMs } from "./forgiven-ms.ts";
import type { GraceMsOf } from "./graces.ts";
import { idsOf } from "./plan-adoption.ts";
import { addClosingVerify } from "./plan-checks.ts";

interface EndingScope {
  readonly candidate: Slot;
  readonly previous: Slot | null;
  readonly webs: readonly ServiceFacts[];
  /** Services with a door that the release has no more. */
  readonly dropped: readonly string[];
  readonly workers: readonly ServiceFacts[];
  /** Workers in the slot of the previous. */
  readonly oldWorkers: readonly string[];
  /** What is in the slot of the previous and stops, or goes, before the candidate is promoted. */
  readonly leaving: readonly string[];
  /** Workers beside the slots that run, and are in slots from now on. */
  readonly replaced: readonly ObservedContainer[];
  readonly observed: ObservedStack;
  /** Of the previous. */
  readonly graceMsOf: GraceMsOf;
  readonly config: Config;
  /** The release has services in slots at all. */
  readonly hasSlot: boolean;
  readonly tag: string;
  /** All of the release. */
  readonly services: readonly ServiceFacts[];
}

/** After cutover: workers, what is proven only now, drain, bake, promote, and what becomes of the previous release. */
export function addEnding(add: AddStep, scope: EndingScope): void {
  const { candidate, previous, webs, dropped, config } = scope;
  const services = webs.map(({ name }) => name);
  addWorkers(add, { ...scope, slot: candidate });
  addClosingVerify(add, { ...scope, slot: candidate });
  if (previous && webs.length > 0) {
    addDrain(add, previous, [...services, ...dropped], config, "requests that the previous accepted may end");
    const { bake } = config.rollout;
    if (bake > 0) {
      const cause = "watched while the previous is warm";
      const target = `slot ${candidate}`;
      const timeoutMs = bake * 4 + forgivenMs(config) + shortStepMs;
      add({ kind: "bake", slot: candidate, services, holdMs: bake, target, cause, timeoutMs });
    }
  }
  const closes = closings(dropped, scope.services);
  addPromotion(add, candidate, services, closes, "the candidate is proven: it becomes the stable slot");
  if (previous) addRetire(add, previous, scope);
}

type RetireScope = Pick<EndingScope, "config" | "leaving" | "observed" | "graceMsOf" | "hasSlot" | "webs">;

/** A previous that stays warm is looked at, too: the memory that it holds may be what the candidate needs. */
export function addRetire(add: AddStep, slot: Slot, scope: RetireScope): void {
  const { config, leaving, observed, graceMsOf, hasSlot, webs } = scope;
  const { keep, minFreeMemory } = config.rollout;
  const graces = observed.slots[slot].containers.map(({ service }) => graceMsOf(service));
  const common = {
    kind: "retire",
    slot,
    target: `slot ${slot}`,
    timeoutMs: Math.max(0, ...graces) + shortStepMs,
  } as const;
  const stays = observed.slots[slot].containers.some(({ service }) => !leaving.includes(service));
  if (!hasSlot || (webs.length === 0 && stays)) {
    // It would be taken for what serves: no door says that it is not, and nothing else is in a slot, or workers alone.
    const cause = `${hasSlot ? "the release has only workers" : "the release has nothing"} in slots: what was there serves nobody`;
    return add({ ...common, keep: keep === "removed" ? "removed" : "stopped", cause });
  }
  if (keep !== "warm") return add({ ...common, keep, cause: `rollout.keep is ${keep}` });
  if (!stays || minFreeMemory === 0) return;
  add({ ...common, keep, minFreeMemory, cause: "it stays warm, or is stopped if memory is short" });
}

/** From here on there is no way back but another deployment. */
export function addPromotion(
  add: AddStep,
  slot: Slot,
  services: readonly string[],
  closes: readonly Closing[],
  cause: string,
): void {
  const dropped = closes.map(({ service }) => service);
  add({ kind: "promote", slot, services: [...services, ...dropped], target: `slot ${slot}`, cause });
  for (const { service, why } of closes) add({ kind: "close", service, target: `door ${service}`, cause: why });
}

/** A door that goes, and why. */
interface Closing {
  readonly service: string;
  readonly why: string;
}

/** What becomes, in the release, of services whose doors go. Pure. @param services all of the release */
export function closings(dropped: readonly string[], services: readonly ServiceFacts[]): readonly Closing[] {
  return dropped.map((service) => {
    const facts = services.find(({ name }) => name === service);
    return { service, why: whyClosed(service, facts) };
  });
}

function whyClosed(service: string, facts: ServiceFacts | undefined): string {
  if (!facts) return `the release has no ${service}`;
  if (!facts.active) return `${service} is in none of the active profiles`;
  if (facts.role === "web") return `${service} is replaced stop-first, and reached without a door`;
  return `${service} has the role ${facts.role} in the release, and no door`;
}

export function addWorkers(
  add: AddStep,
  {
    slot,
    workers,
    oldWorkers,
    replaced = [],
    graceMsOf,
  }: Pick<EndingScope, "workers" | "oldWorkers" | "graceMsOf"> &
    Partial<Pick<EndingScope, "replaced">> & { readonly slot: Slot },
): void {
  if (workers.length === 0 && oldWorkers.length === 0) return;
  const overlap = workers.length > 0 && workers.every((worker) => worker.overlap);
  const services = workers.map(({ name }) => name);
  const withNew = overlap
    ? "they may overlap: new ones start, then old ones stop"
    : "never two of one: old ones stop, then new ones start";
  // The new ones are stopped when they are taken back.
  const budgets = workers.map((worker) => worker.startBudget.timeoutMs + worker.stopGraceMs);
  const graces = [...oldWorkers, ...replaced.map(({ service }) => service)].map(graceMsOf);
  add({
    kind: "workers",
    slot,
    services,
    overlap,
    stops: oldWorkers,
    ...(replaced.length > 0 && { replaces: idsOf(replaced) }),
    target: (services.length > 0 ? services : oldWorkers).join(", "),
    cause: services.length > 0 ? withNew : "no workers of the release are in slots: old ones stop",
    timeoutMs: Math.max(0, ...budgets) + Math.max(0, ...graces) + shortStepMs,
  });
}

export function addDrain(add: AddStep, slot: Slot, services: readonly string[], config: Config, cause: string): void {
  const drainTimeoutMs = config.traffic.drain.timeout;
  const timeoutMs = drainTimeoutMs + shortStepMs;
  add({ kind: "drain", slot, services, drainTimeoutMs, timeoutMs, target: `slot ${slot}`, cause });
}
