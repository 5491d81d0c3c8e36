import type { Config } from "../../config/schema.ts";
import type { StateFinding } from "../../model/finding.ts";
import { slotServices } from "../../model/placement.ts";
import type { ReleaseBundle } from "../../model/release.ts";
import type { ServiceFacts } from "../../model/service.ts";
import { type Slot, slots } from "../../model/slot.ts";
import type { ObservedStack } from "../../model/stack.ts";
import { shortServices } from "../findings/short-services.ts";
import { type AddStep, shortStepMs } from "../steps/collect-steps.ts";
import { gracesOf } from "../steps/graces.ts";
import { isRunning, type LiveSlot, shareOf } from "./live-slot.ts";

export interface LeftRunningFacts {
  /** The slot that serves; `null` where all of the release is in base, and where nobody knows. */
  readonly live: LiveSlot | null;
  /** All of the release that serves is in base. */
  readonly isInBase: boolean;
  /** Services of the release that serves; none where they are not known. */
  readonly services: readonly ServiceFacts[];
  readonly config: Pick<Config, "rollout">;
  /** Services of it that come back in its slot before what is left is stopped. Default: none. */
  readonly mended?: readonly string[] | undefined;
}

/** Services of the releases that slots hold, where those are stored. */
export type HeldServices = Readonly<Partial<Record<Slot, readonly ServiceFacts[]>>>;

/** Pure. */
export function heldServices(
  { slots: seen }: Pick<ObservedStack, "slots">,
  bundles: readonly Pick<ReleaseBundle, "id" | "services">[],
): HeldServices {
  return Object.fromEntries(slots.map((slot) => [slot, bundles.find(({ id }) => id === seen[slot].release)?.services]));
}

/** A slot in which something runs that nobody needs, and why nobody does. */
export interface LeftRunning {
  readonly slot: Slot;
  readonly why: string;
}

/**
 * Slots in which something runs on that no users are led to and that is no warm way back: a deployment that left it could not stop
 * it, or was not to keep it. None where it is not certain who serves, or where a door leads; nor while what serves in the other is
 * short of what answers users: then this may be all that they can be led to. Pure.
 */
export function leftRunning(observed: ObservedStack, facts: LeftRunningFacts): readonly LeftRunning[] {
  const { live } = facts;
  const why = live ? whyNotWarm(facts) : facts.isInBase ? "the release that serves has nothing in slots" : null;
  if (why === null || observed.isTakingOver || (live && !answers(observed, live.slot, facts))) return [];
  const isUnneeded = (slot: Slot) =>
    slot !== live?.slot && isRunning(observed.slots[slot]) && isUnreached(observed, slot);
  return slots.filter(isUnneeded).map((slot) => ({ slot, why }));
}

/** Why what runs beside the slot that serves is not kept for the way back; `null` where it is, or nobody knows. */
function whyNotWarm({ services, config }: LeftRunningFacts): string | null {
  const { keep } = config.rollout;
  if (keep !== "warm") return `rollout.keep is ${keep}`;
  const inSlots = slotServices(services);
  const areWorkers = inSlots.length > 0 && inSlots.every(({ role }) => role === "worker");
  return areWorkers ? "the release that serves has only workers in slots" : null;
}

/** Something of the release that serves runs in its slot, and of its web services all that is wanted. */
function answers({ slots: seen, cutOff }: ObservedStack, slot: Slot, { services, mended = [] }: LeftRunningFacts) {
  const webs = services.filter(({ name, role }) => role === "web" && !mended.includes(name));
  const { containers } = seen[slot];
  const short = shortServices(webs, { containers, cutOff: cutOff.filter((one) => one.slot === slot) });
  return short.length === 0 && (mended.length > 0 || isRunning(seen[slot]));
}

/** Where a door leads that does not say so is not known. */
function isUnreached({ doors }: ObservedStack, slot: Slot): boolean {
  return Object.values(doors).every(
    ({ containerId, routing }) => containerId === null || (routing !== null && shareOf(routing, slot) === 0),
  );
}

/** What the plan that stops what is left knows besides. */
export interface LeftRunningPlan extends LeftRunningFacts {
  /** The slot that the plan fills itself. Default: none. */
  readonly spared?: Slot;
  readonly held?: HeldServices | undefined;
}

/** Stops what is left, once all else is done: until then it harms nobody more than it did. */
export function addLeftRunning(
  add: AddStep,
  observed: ObservedStack,
  { spared, held = {}, ...facts }: LeftRunningPlan,
): void {
  const keep = facts.config.rollout.keep === "removed" ? "removed" : "stopped";
  for (const { slot, why } of leftRunning(observed, facts)) {
    if (slot === spared) continue;
    const graceMsOf = gracesOf(held[slot], facts.services);
    const graces = observed.slots[slot].containers.map(({ service }) => graceMsOf(service));
    const cause = `${why}: what runs there serves nobody`;
    add({ kind: "retire", slot, keep, target: `slot ${slot}`, cause, timeoutMs: Math.max(...graces) + shortStepMs });
  }
}

/** What is left, each with what ends it. Pure. @param serves tag of the release that serves */
export function leftRunningFindings(
  { slots: seen }: ObservedStack,
  left: readonly LeftRunning[],
  serves: string,
): readonly StateFinding[] {
  return left.map(({ slot, why }) => {
    const running = seen[slot].containers.flatMap(({ state, name }) => (state === "running" ? [name] : []));
    const message = `slot ${slot} serves nobody, as ${why}, and ${running.join(", ")} ${running.length === 1 ? "runs" : "run"} there`;
    const hint = `the next sluice deploy ends that, also one of ${serves}; at once: sluice rollback ${serves}, which serves already`;
    return { severity: "warn", code: "slot-left-running", message, hint };
  });
}
