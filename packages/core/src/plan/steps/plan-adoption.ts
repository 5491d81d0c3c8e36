import type { Config } from "../../config/schema.ts";
import { isInSlot } from "../../model/placement.ts";
import type { ServiceFacts } from "../../model/service.ts";
import type { Slot } from "../../model/slot.ts";
import type { ObservedContainer, ObservedStack } from "../../model/stack.ts";
import { type AddStep, shortStepMs } from "./collect-steps.ts";
import type { AdoptStep } from "./step.ts";

/** Containers beside the slots, of services that the release has in slots, by what becomes of them. */
export interface Adopted {
  /** They give way to the candidate, and are kept for the way back until that is promoted. */
  readonly giving: readonly ObservedContainer[];
  /** Workers of these that run: they change when all workers do. */
  readonly workers: readonly ObservedContainer[];
  /** The release that serves has the service in its slot: nobody needs them. */
  readonly copies: readonly ObservedContainer[];
}

/**
 * What plain Compose runs, and what the release that serves has in base, of services that go into slots. Pure.
 *
 * @param inSlots services that the release has in slots
 * @param replaced services of the release that serves; what is in its slot tells where that is not known
 */
export function adoptedOf(
  { plain, slots }: Pick<ObservedStack, "plain" | "slots">,
  inSlots: readonly ServiceFacts[],
  previous: Slot | null,
  replaced: readonly ServiceFacts[] | undefined,
): Adopted {
  const isCopy = (name: string) =>
    previous !== null &&
    (replaced?.some((service) => service.name === name && service.active && isInSlot(service)) ??
      isHeld(slots[previous].containers, name));
  const isWorker = ({ service, state }: ObservedContainer) =>
    state === "running" && inSlots.some(({ name, role }) => name === service && role === "worker");
  const adopted = plain.filter(({ service }) => inSlots.some(({ name }) => name === service));
  const served = adopted.filter(({ service }) => !isCopy(service));
  return {
    giving: served.filter((container) => !isWorker(container)),
    workers: served.filter(isWorker),
    copies: adopted.filter(({ service }) => isCopy(service)),
  };
}

export function isHeld(containers: readonly ObservedContainer[], name: string): boolean {
  return containers.some(({ service }) => service === name);
}

interface AdoptionScope {
  readonly config: Config;
  /** Services of the release that serves. */
  readonly replaced?: readonly ServiceFacts[] | undefined;
  /** Web services whose doors follow on the containers. */
  readonly taken: readonly ServiceFacts[];
}

/** Hands over what serves beside the slots: its ports and names go to the doors. It is kept for the way back. */
export function addAdoption(
  add: AddStep,
  giving: readonly ObservedContainer[],
  { config, replaced, taken }: AdoptionScope,
): void {
  const isOwn = giving.every(({ service }) => wasInBase(replaced, service));
  const takesPorts = taken.some(({ ports }) => ports.length > 0);
  const cause = takesPorts
    ? `the ports change hands from ${isOwn ? "base" : "plain Compose"} to the doors: one short gap, the only one`
    : isOwn
      ? "what serves runs it in base: it gives way to the slot"
      : "what plain Compose runs gives way to the slot";
  addAdopt(add, giving, taken, config, { cause, restarts: idsOf(giving.filter(({ state }) => state === "running")) });
}

/**
 * Removes what is beside the slots although the slot that serves has it. What does not run harms nobody, and may be all that is
 * left of what served before that slot: it is kept until a candidate is promoted, where there is one.
 */
export function addCopies(
  add: AddStep,
  copies: readonly ObservedContainer[],
  { config, taken, hasCandidate = true }: Pick<AdoptionScope, "config" | "taken"> & { readonly hasCandidate?: boolean },
): void {
  const removed = hasCandidate ? copies.filter(({ state }) => state === "running") : copies;
  const cause = taken.some(({ ports }) => ports.length > 0)
    ? "the ports change hands from plain Compose to the doors: one short gap, the only one"
    : "plain Compose runs a second copy beside the slots";
  addAdopt(add, copies, taken, config, { cause, restarts: [], removes: idsOf(removed) });
}

function addAdopt(
  add: AddStep,
  containers: readonly ObservedContainer[],
  taken: readonly ServiceFacts[],
  { traffic }: Config,
  parts: Pick<AdoptStep, "cause" | "restarts" | "removes">,
): void {
  if (containers.length === 0) return;
  add({
    kind: "adopt",
    services: taken.map(({ name }) => name),
    containers: idsOf(containers),
    serving: Object.fromEntries(
      taken.map(({ name }) => [name, idsOf(containers.filter((one) => one.service === name))]),
    ),
    target: containers.map(({ name }) => name).join(", "),
    // One service after the other: what served it drains, then what stood in for its door; last, whatever is left.
    timeoutMs: (2 * taken.length + 1) * traffic.drain.timeout + shortStepMs,
    ...parts,
  });
}

export function idsOf(containers: readonly ObservedContainer[]): readonly string[] {
  return containers.map(({ id }) => id);
}

/** Whether the release that serves has a service in base that goes into slots. */
export function wasInBase(replaced: readonly ServiceFacts[] = [], name: string): boolean {
  return replaced.some((service) => service.name === name && service.active && !isInSlot(service));
}
