import { slotServices } from "../../model/placement.ts";
import type { ServiceFacts } from "../../model/service.ts";
import type { CutOffContainer, ObservedContainer } from "../../model/stack.ts";

/** A service of a slot of which fewer containers run than its release wants. */
export interface ShortService {
  readonly service: string;
  /** How many the release wants. */
  readonly wanted: number;
  /** How many run, or are just being started again. */
  readonly up: number;
  /** Those that are there and do not run, or are paused. */
  readonly down: readonly ObservedContainer[];
  /** Those that run, and that somebody took from networks. */
  readonly cutOff: readonly CutOffContainer[];
}

/** What is seen of a slot. */
export interface SeenSlot {
  readonly containers: readonly ObservedContainer[];
  /** Those of them that lack networks. Default: none. */
  readonly cutOff?: readonly CutOffContainer[];
}

/**
 * Services of which containers are gone from the slot that serves, or are down or cut off: somebody removed, stopped or paused
 * them, or took them from a network, or they ended and nothing started them again. What is to run once and ended well is none. Pure.
 *
 * @param services those of the release in the slot
 */
export function shortServices(
  services: readonly ServiceFacts[],
  { containers, cutOff = [] }: SeenSlot,
): readonly ShortService[] {
  return slotServices(services).flatMap(({ name: service, replicas, runsOnce }) => {
    const own = containers.filter((container) => container.service === service);
    const down = own.filter(({ state }) => isDown(state) || state === "paused");
    const lost = cutOff.filter(({ container }) => own.some((one) => one.name === container && !down.includes(one)));
    const up = own.length - down.length - lost.length;
    if (up >= replicas) return [];
    const isOver = lost.length === 0 && down.every(({ state, exitCode }) => state === "exited" && exitCode === 0);
    if (runsOnce && isOver) return [];
    return [{ service, wanted: replicas, up, down, cutOff: lost }];
  });
}

/** It runs once, and has. Pure. @param containers all of its own */
export function isDone({ runsOnce }: ServiceFacts, containers: readonly ObservedContainer[]): boolean {
  return runsOnce === true && containers.every(({ state, exitCode }) => state === "exited" && exitCode === 0);
}

/** The engine does not start it again by itself. */
export function isDown(state: ObservedContainer["state"]): boolean {
  return state === "exited" || state === "created" || state === "dead";
}

/** For people. */
export function shortText({ service, wanted, up, cutOff }: ShortService): string {
  return `${service} ${cutOff.length > 0 ? "can work" : "runs"} in ${up} of ${wanted} containers`;
}

/** For people. */
export function cutOffText({ container, networks }: CutOffContainer): string {
  return `${container} is cut off from ${networks.join(", ")}`;
}
