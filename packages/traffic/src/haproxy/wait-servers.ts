import type { ServerState } from "@sluice/core";
import { type ReachedRequest, waitReached } from "../door/wait-reached.ts";
import type { DoorLink } from "./door-link.ts";
import { observeServers } from "./observe-traffic.ts";
import { decidingServers, isHealthy, isReached, type ServerRow } from "./parse-stat.ts";

/** Waits until HAProxy's own checks have reached `count` servers of a slot, and for a door that is just starting. */
export function waitServers(
  link: DoorLink,
  { wanted, ...request }: Omit<ReachedRequest, "look"> & { readonly wanted: ServerState },
  signal?: AbortSignal,
): Promise<void> {
  const look = async () => {
    const rows = decidingServers(await observeServers(link, signal), request.slot);
    return rows.map((row) => ({
      isReached: wanted === "healthy" ? isHealthy(row) : isReached(row),
      seen: describe(row),
    }));
  };
  return waitReached(link, { ...request, look }, signal);
}

function describe({ server, fields }: ServerRow): string {
  const seen = [fields["status"], fields["check_status"], fields["check_code"], fields["last_chk"]];
  return `${server} ${fields["addr"] ?? ""} ${seen.filter(Boolean).join(" ")}`;
}
