import { isBehindDoor } from "../../model/placement.ts";
import type { ServiceFacts } from "../../model/service.ts";
import type { ObservedStack } from "../../model/stack.ts";
import { isHeldByPlain } from "../live/live-slot.ts";

/**
 * Services that users do not reach, whatever runs of them: their doors are not there, do not run, or were cut off. Pure.
 *
 * @param services those of the release that serves
 */
export function shutDoors(observed: ObservedStack, services: readonly ServiceFacts[]): readonly string[] {
  return services.filter(isBehindDoor).flatMap(({ name }) => {
    const door = observed.doors[name];
    if (!door || isHeldByPlain(observed, door)) return [];
    return door.state === "absent" || door.state === "stopped" || door.isUnreached ? [name] : [];
  });
}
