import { slots, stackNames } from "@sluice/core";
import type Docker from "dockerode";

/** On links only: a door that was made to take over and did not yet, or one that has given everything away. */
export function isDark(stack: string, networks: readonly string[]): boolean {
  const links = slots.map((slot) => stackNames.link(stack, slot, ""));
  return networks.every((name) => links.some((link) => name.startsWith(link)));
}

/**
 * The door that users come through, of all that a service has: one on ordinary networks before one that is not, then
 * the one under the door's name. An attempt that died may have left two.
 */
export function servingDoor(
  stack: string,
  service: string,
  found: readonly Docker.ContainerInspectInfo[],
): Docker.ContainerInspectInfo | undefined {
  const named = ({ Name }: Docker.ContainerInspectInfo) => Name === `/${stackNames.door(stack, service)}`;
  const bright = found.filter(({ NetworkSettings }) => !isDark(stack, Object.keys(NetworkSettings.Networks)));
  return bright.find(named) ?? bright[0] ?? found.find(named) ?? found[0];
}
