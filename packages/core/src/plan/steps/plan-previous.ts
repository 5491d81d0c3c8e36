import type { Config } from "../../config/schema.ts";
import { isApplication, isBehindDoor } from "../../model/placement.ts";
import type { ServiceFacts } from "../../model/service.ts";
import type { Slot } from "../../model/slot.ts";
import type { ObservedStack } from "../../model/stack.ts";
import { type LiveSlot, shareOf } from "../live/live-slot.ts";
import { type AddStep, shortStepMs } from "./collect-steps.ts";
import type { GraceMsOf } from "./graces.ts";

/**
 * What must be put right before anything new begins: leftovers, doors of the release that serves that do not run, and users
 * who are still led to the idle slot.
 *
 * @param serving services of that release; none where it is not stored
 */
export function addRecover(
  add: AddStep,
  observed: ObservedStack,
  live: LiveSlot | null,
  { traffic }: Pick<Config, "traffic">,
  serving: readonly ServiceFacts[] = [],
): void {
  const { dead, lost } = deadDoors(observed, live, serving);
  const unrested = [...dead, ...(live ? unrestedDoors(observed, live.slot) : [])];
  const causes = [
    ...observed.leftovers.map(({ message }) => message),
    ...dead.map(
      (service) => `door ${service} ${lost.includes(service) ? "is gone" : "does not run"}: nobody reaches ${service}`,
    ),
    ...unrested
      .filter((service) => !dead.includes(service))
      .map((service) => `door ${service} does not lead all users to ${live?.slot ?? "one slot"} for good`),
  ];
  if (causes.length === 0) return;
  const target = unrested.length > 0 ? "leftovers and routes" : "leftovers";
  const timeoutMs = shortStepMs + unrested.length * traffic.drain.timeout;
  add({ kind: "recover", services: unrested, target, cause: causes.join("; "), timeoutMs });
}

/**
 * Links of a slot that users reach, or are about to: without them it does not reach base, or the door does not reach it. And
 * networks that containers of base were taken from, which come back by the same step.
 */
export function addMissingLinks(add: AddStep, { missingLinks, base }: ObservedStack, slot: Slot | undefined): void {
  const lost = Object.values(base).flatMap((service) => service.lost ?? []);
  const missing = missingLinks.filter((link) => link.slot === slot);
  if (slot === undefined || lost.length + missing.length === 0) return;
  const causes = [
    ...lost.map(({ container, network }) => `${container} is not on ${network}`),
    ...missing.map(({ container, link }) => `${container} is not on ${link}`),
  ];
  const target = lost.length > 0 ? `networks of base, links of ${slot}` : `links of ${slot}`;
  add({ kind: "networks", slot, target, cause: causes.join("; ") });
}

/**
 * Doors that do not run and are brought back before all else, and those of them that are gone: none where nobody knows which slot they
 * led to. Pure.
 *
 * @param serving services of the release that serves; none where it is not stored
 */
export function deadDoors(
  observed: Pick<ObservedStack, "doors">,
  live: LiveSlot | null,
  serving: readonly ServiceFacts[],
): { readonly dead: readonly string[]; readonly lost: readonly string[] } {
  const lost = live ? lostDoors(observed, serving) : [];
  return { dead: live ? [...stoppedDoors(observed), ...lost] : [], lost };
}

/** Somebody stopped or killed them; what the engine ends itself it starts again itself. */
function stoppedDoors({ doors }: Pick<ObservedStack, "doors">): readonly string[] {
  return Object.values(doors).flatMap(({ service, state }) => (state === "stopped" ? [service] : []));
}

/** Somebody removed them: the release that serves has them. */
function lostDoors({ doors }: Pick<ObservedStack, "doors">, serving: readonly ServiceFacts[]): readonly string[] {
  const needed = serving.filter((service) => isBehindDoor(service) && service.replicas > 0);
  return needed.flatMap(({ name }) => ((doors[name]?.containerId ?? null) === null ? [name] : []));
}

/** Doors whose stable slot is not the live one, or that give a share to the other. */
function unrestedDoors(observed: ObservedStack, live: Slot): readonly string[] {
  return Object.values(observed.doors).flatMap(({ service, routing }) =>
    routing && routing.stable !== null && (routing.stable !== live || shareOf(routing, live) < 100) ? [service] : [],
  );
}

/** Services that have a door and are no web services of the release: users reach them until cutover, then nobody does. */
export function droppedDoors(observed: ObservedStack, webs: readonly string[]): readonly string[] {
  return Object.values(observed.doors).flatMap(({ service, containerId }) =>
    containerId !== null && !webs.includes(service) ? [service] : [],
  );
}

/**
 * Services that are in base from now on, and were in slots: their door, or what runs of an application in the previous slot, is
 * there. Data is none of them: it is there before all that may need it.
 */
export function handedOver(
  base: readonly ServiceFacts[],
  observed: ObservedStack,
  previous: Slot | null,
): readonly ServiceFacts[] {
  const held = previous === null ? [] : observed.slots[previous].containers;
  const hasDoor = (name: string) => (observed.doors[name]?.containerId ?? null) !== null;
  return base.filter(
    ({ name, role }) =>
      role !== "data" && (hasDoor(name) || (isApplication(role) && held.some(({ service }) => service === name))),
  );
}

/** Its port must be free, and two of an application must not run at once, before the service is made in base. */
export function addHandOver(
  add: AddStep,
  { name: service, role, startBudget }: ServiceFacts,
  previous: Slot | null,
  { traffic, graceMsOf }: Pick<Config, "traffic"> & { readonly graceMsOf: GraceMsOf },
): void {
  if (!isApplication(role)) {
    return addGiving(add, service, [service], `${service} is in base from now on: it takes the place of its door`);
  }
  const cause = `${service} cannot be two at once any more: it leaves the slots, with one gap`;
  const timeoutMs = traffic.drain.timeout + graceMsOf(service) + startBudget.timeoutMs + shortStepMs;
  add({
    kind: "close",
    service,
    ...(previous ? { leaves: previous } : {}),
    target: `door ${service}`,
    cause,
    timeoutMs,
  });
}

/** A door goes just before others take its port. What it leads to runs on, for the way back. */
export function addGiving(add: AddStep, service: string, heirs: readonly string[], cause: string): void {
  add({ kind: "close", service, heirs, target: `door ${service}`, cause: `${cause}, with one short gap` });
}

/** Those of them that lead somewhere now. */
export function openDropped(observed: ObservedStack, dropped: readonly string[]): readonly string[] {
  return dropped.filter((service) => (observed.doors[service]?.routing?.stable ?? null) !== null);
}

/** What tells the workers of the previous from what takes traffic. */
interface PreviousRoles {
  /** Services of its release; absent where its bundle is gone. */
  readonly replaced: readonly ServiceFacts[] | undefined;
  /** Web services of the release that comes. */
  readonly webs: readonly string[];
  /** Services that are made in its slot before anything else. Default: none. */
  readonly made?: readonly string[];
}

/**
 * Workers in the slot of the previous, by service, whether they run now or not: as its release has them, whatever they are in the
 * one that comes. Where its bundle is gone, what seems to take no traffic: it has no door and is no web service of the release that comes.
 */
export function oldWorkers(
  { slots, doors }: ObservedStack,
  previous: Slot | null,
  { replaced, webs, made = [] }: PreviousRoles,
): readonly string[] {
  if (!previous) return [];
  const there = slots[previous].containers.flatMap(({ service, state }) => (state === "removing" ? [] : [service]));
  const isWorker = (name: string) =>
    replaced
      ? replaced.some((service) => service.name === name && service.role === "worker")
      : !webs.includes(name) && (doors[name]?.containerId ?? null) === null;
  return [...new Set([...there, ...made])].filter(isWorker);
}
