import type { Slot } from "@sluice/core";
import type { DoorLink } from "../door/door-link.ts";
import { waitReached } from "../door/wait-reached.ts";
import { observeServers } from "./observe-servers.ts";

/** Waits until `count` servers of a slot answer in the door's own network, and for a door that is just starting. */
export function waitServers(
  link: DoorLink,
  slot: Slot,
  count: number,
  timeoutMs: number,
  signal?: AbortSignal,
): Promise<void> {
  const look = async () => {
    const all = await observeServers(link, signal);
    const own = all.filter((server) => server.slot === slot);
    return own.map(({ isReached, address, answer }) => ({ isReached, seen: `${address} ${answer}` }));
  };
  return waitReached(link, { slot, count, timeoutMs, look }, signal);
}
