import type { DoorPort, DoorSpec, Slot } from "@sluice/core";
import { activeChecks } from "./render-health.ts";
import { dialed, transport } from "./render-transport.ts";

/** How requests come to a slot, and what happens to them when its servers are gone. */
export type Way =
  /** Users, while the servers' checks say that somebody is there: given up at once, as somebody else stands by. */
  | "checked"
  /** The same for the candidate: one failed connection is enough to ask the stable slot for a while. */
  | "candidate"
  /** Users for whom nobody else is there: whatever the checks say, and for as long as they would wait. */
  | "last"
  /** Our own probes: a connection that does not come about is tried again; what the application answers is shown as it is. */
  | "preview";

/** With one connection before and one after it, nearly what users and their clients wait for: 10 s. */
const patience = "7500ms";
const never = [{ method: ["NONE"] }];
/** Methods that may be asked again after a request was sent and not answered; those whose body is gone then are not. */
export const repeatable = ["GET", "HEAD", "OPTIONS", "TRACE"];

/** Ways in which a server's checks count. */
const checkedWays = 3;

export const ways: readonly Way[] = ["checked", "candidate", "last", "preview"];

/** What a port's routes know a proxy by: each is there once, as every one of them checks its servers by itself. */
export const proxyName = (slot: Slot, way: Way): string => `${slot} ${way}`;

export function proxy(spec: DoorSpec, listen: DoorPort, slot: Slot, way: Way): object {
  const addresses = spec.servers[slot].slice(0, spec.replicas);
  const checks = healthChecks(spec, listen, way, addresses.length);
  return {
    handler: "reverse_proxy",
    upstreams: addresses.map((address) => ({ dial: dialed(address, listen.target) })),
    load_balancing: { selection_policy: { policy: "least_conn" }, ...retries(way, addresses.length) },
    ...(Object.keys(checks).length > 0 ? { health_checks: checks } : {}),
    transport: transport(spec, listen),
    // Whatever an edge in front said is passed on, as it was when that edge asked the application itself.
    trusted_proxies: ["0.0.0.0/0", "::/0"],
  };
}

function retries(way: Way, replicas: number): object {
  switch (way) {
    case "checked":
      return { retries: replicas - 1, retry_match: never };
    case "candidate":
      return { retries: replicas - 1, retry_match: [{ method: repeatable }] };
    case "last":
      return { try_duration: patience, try_interval: "100ms", retry_match: never };
    case "preview":
      return { try_duration: "3s", try_interval: "200ms", retry_match: never };
  }
}

/** Ports that lead to the same one of the servers: Caddy counts by what is dialed. */
const portsTo = (spec: DoorSpec, { target }: DoorPort) => spec.listen.filter((listen) => listen.target === target);

function healthChecks(spec: DoorSpec, listen: DoorPort, way: Way, replicas: number): object {
  const isChecked = way !== "last" && spec.healthPath !== null;
  // A moment's refusal of a server that is alone must not become an outage.
  const isGivenUp = way === "candidate" || replicas > 1;
  return {
    ...(isChecked ? { active: activeChecks(spec, checkedWays * portsTo(spec, listen).length) } : {}),
    ...(isGivenUp ? { passive: { fail_duration: "2s", max_fails: 1 } } : {}),
  };
}
