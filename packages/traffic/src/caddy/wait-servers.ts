import type { ServerState } from "@sluice/core";
import type { DoorLink } from "../door/door-link.ts";
import { type ReachedRequest, waitReached } from "../door/wait-reached.ts";
import { observeServers } from "./observe-servers.ts";

/** Waits until `count` servers of a slot answer in the door's own network, and for a door that is just starting. */
export function waitServers(
  link: DoorLink,
  { wanted, ...request }: Omit<ReachedRequest, "look"> & { readonly wanted: ServerState },
  signal?: AbortSignal,
): Promise<void> {
  const look = async () => {
    const all = await observeServers(link, signal);
    const own = all.filter((server) => server.slot === request.slot);
    return own.map(({ isReached, isHealthy, address, answer }) => ({
      isReached: wanted === "healthy" ? isHealthy : isReached,
      address,
      answer: wordsOf(answer),
    }));
  };
  return waitReached(link, { ...request, look }, signal);
}

/** Curl says 000 where no answer came. */
function wordsOf(answer: string): string {
  if (answer === "000") return "no answer";
  return /^\d+$/.test(answer) ? `status ${answer}` : answer;
}
