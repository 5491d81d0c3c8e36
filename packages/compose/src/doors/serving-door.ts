import { slots, stackNames } from "@sluice/core";
import type Docker from "dockerode";

/** On links only: a door that was made to take over and did not yet, or one that has given everything away. */
export function isDark(stack: string, networks: readonly string[]): boolean {
  const links = slots.map((slot) => stackNames.link(stack, slot, ""));
  return networks.every((name) => links.some((link) => name.startsWith(link)));
}

/** What tells of several doors of a service which one serves. */
export interface SeenDoor {
  readonly id: string;
  readonly name: string;
  readonly networks: readonly string[];
  readonly isRunning: boolean;
}

/**
 * The door that users come through, of all that a service has: one on ordinary networks before one that is not, of those
 * one that runs, then the one under the door's name. An attempt that died may have left two.
 */
export function servingOf(stack: string, service: string, doors: readonly SeenDoor[]): SeenDoor | undefined {
  const isNamed = ({ name }: SeenDoor) => name === stackNames.door(stack, service);
  const bright = doors.filter(({ networks }) => !isDark(stack, networks));
  const running = bright.filter(({ isRunning }) => isRunning);
  const [best = doors] = [running, bright].filter(({ length }) => length > 0);
  return best.find(isNamed) ?? best[0];
}

/** As `servingOf`, of containers. */
export function servingDoor(
  stack: string,
  service: string,
  found: readonly Docker.ContainerInspectInfo[],
): Docker.ContainerInspectInfo | undefined {
  const doors = found.map(({ Id, Name, NetworkSettings, State }) => ({
    id: Id,
    name: Name.slice(1),
    networks: Object.keys(NetworkSettings.Networks),
    isRunning: State.Running,
  }));
  const serving = servingOf(stack, service, doors);
  return found.find(({ Id }) => Id === serving?.id);
}
