import { isInSlot } from "../model/placement.ts";
import type { ServiceFacts } from "../model/service.ts";
import type { ObservedContainer } from "../model/stack.ts";

/** A service of a slot of which fewer containers run than its release wants. */
export interface ShortService {
  readonly service: string;
  /** How many the release wants. */
  readonly wanted: number;
  /** How many run, or are just being started again. */
  readonly up: number;
  /** Those that are there and do not run. */
  readonly down: readonly ObservedContainer[];
}

/**
 * Services of which containers are gone from the slot that serves, or are down: somebody removed or stopped them, or they
 * ended and nothing started them again. What is to run once and ended well is none. Pure.
 *
 * @param services those of the release in the slot
 * @param containers those of the slot
 */
export function shortServices(
  services: readonly ServiceFacts[],
  containers: readonly ObservedContainer[],
): readonly ShortService[] {
  return services
    .filter((service) => service.active && isInSlot(service))
    .flatMap(({ name: service, replicas, runsOnce }) => {
      const own = containers.filter((container) => container.service === service);
      const down = own.filter(({ state }) => isDown(state));
      const up = own.length - down.length;
      if (up >= replicas) return [];
      if (runsOnce && down.every(({ state, exitCode }) => state === "exited" && exitCode === 0)) return [];
      return [{ service, wanted: replicas, up, down }];
    });
}

/** The engine does not start it again by itself. */
export function isDown(state: ObservedContainer["state"]): boolean {
  return state === "exited" || state === "created" || state === "dead";
}

/** For people. */
export function shortText({ service, wanted, up }: ShortService): string {
  return `${service} runs in ${up} of ${wanted} containers`;
}
