import { otherSlot, slots } from "@sluice/core";
import { networkOf } from "./fake-slots.ts";
import { containersIn, type WorldState } from "./state.ts";

/** What nobody needs any more, or never wanted: jobs, previews, half-made doors and slots, a second copy, empty networks. */
export function findLeftovers(state: WorldState): readonly string[] {
  const found: string[] = [];
  for (const { name } of containersIn(state, "job")) found.push(`job container ${name}`);
  for (const door of state.doors.values()) {
    if (door.kind === "preview") found.push(`preview of ${door.service}`);
    else if (door.dark || !door.running) found.push(`door of ${door.service} that does not serve`);
    else if (door.routing.stable !== null && door.routing.share > 0) {
      const { stable, share } = door.routing;
      found.push(`door of ${door.service} gives ${share} % to ${otherSlot(stable)}`);
    }
  }
  for (const { name } of containersIn(state, "plain")) found.push(`plain container ${name}`);
  for (const slot of slots) {
    const containers = containersIn(state, slot);
    const releases = new Set(containers.map(({ release }) => release));
    if (releases.size > 1) found.push(`slot ${slot} holds ${releases.size} releases`);
    for (const { name, state: is } of containers) if (is === "created") found.push(`${name} was never started`);
    if (containers.length === 0 && state.networks.has(networkOf(state, slot))) found.push(`networks of empty ${slot}`);
  }
  return found;
}
