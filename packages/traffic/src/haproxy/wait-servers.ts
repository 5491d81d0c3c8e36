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
  // While a check is under way, the code that the one before it brought is gone.
  const answers = new Map<string, string>();
  const look = async () => {
    const rows = decidingServers(await observeServers(link, signal), request.slot);
    return rows.map((row) => {
      const address = row.fields["addr"] || row.server;
      const answer = isUnderWay(row) ? (answers.get(address) ?? answerOf(row)) : answerOf(row);
      answers.set(address, answer);
      return { isReached: wanted === "healthy" ? isHealthy(row) : isReached(row), address, answer };
    });
  };
  return waitReached(link, { ...request, look }, signal);
}

function isUnderWay({ fields }: ServerRow): boolean {
  return (fields["check_status"] ?? "").startsWith("* ");
}

/** Of its last check, without the `*` of one that is under way. */
function answerOf({ fields }: ServerRow): string {
  const check = (fields["check_status"] ?? "").replace(/^\* /, "");
  const code = fields["check_code"];
  if (code && code !== "0" && check.startsWith("L7")) return `status ${code}`;
  if (check.endsWith("TOUT")) return "no answer in time";
  if (check === "" || check === "INI") return "not asked yet";
  return fields["last_chk"] || check;
}
