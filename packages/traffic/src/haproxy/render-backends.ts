import { isIPv6 } from "node:net";
import { type DoorPort, type DoorSpec, otherSlot, type Slot, slots, spokenAt } from "@sluice/core";
import { healthTarget } from "../door/listen.ts";
import { uncheckedSuffix } from "./parse-stat.ts";

/** How requests come to a slot, and what happens to them when its servers are gone. */
export type Way =
  /** The stable slot's users while the share is 0, or while no server of either slot is up: nothing but its own servers. */
  | "only"
  /** The stable slot's users while the candidate has a share: the candidate stands by for the case that all else is gone. */
  | "stable"
  /** The candidate's users: the stable slot takes over within the same request. */
  | "candidate"
  /**
   * Our own probes, counted apart. A connection that does not come about is tried again, as for users; what the
   * application answers is shown as it is.
   */
  | "preview";

/** Backends of one listening port; those of the port that decides have no suffix. */
export function backendName(spec: DoorSpec, port: number, way: Way, slot: Slot): string {
  const suffix = port === healthTarget(spec).port ? "" : `_${port}`;
  return `${way}_${slot}${suffix}`;
}

export function renderBackends(spec: DoorSpec, listen: DoorPort): string[] {
  const readsRequests = spokenAt(spec, listen) !== "tcp";
  return slots.flatMap((slot) => {
    const other = otherSlot(slot);
    const name = (way: Way) => backendName(spec, listen.port, way, slot);
    const tracking = (of: Slot, settings = "") =>
      servers(spec, listen, of, (server) => `${settings}track ${backendName(spec, listen.port, "only", of)}/${server}`);
    const check = healthCheck(spec, listen);
    const usual = usualServers(spec, listen, slot);
    return [
      ...section(name("only"), [
        "option allbackups",
        `retries ${patience}`,
        ...usual,
        ...check,
        ...servers(spec, listen, slot, () => "check"),
        ...lastResort(spec, listen, slot),
      ]),
      ...section(name("stable"), [
        "option allbackups",
        ...usual,
        ...check,
        ...servers(spec, listen, slot, () => markedDown(2)),
        ...tracking(other, "backup "),
      ]),
      ...section(name("candidate"), [
        "option allbackups",
        // A request that was sent and not answered goes on to the stable slot, if its method allows that. A stable slot
        // gets no such second try: the request that crashed one replica would go on to crash them all.
        ...(readsRequests ? ["retry-on conn-failure empty-response"] : []),
        ...usual,
        ...check,
        ...servers(spec, listen, slot, () => markedDown(1)),
        ...tracking(other, "backup "),
      ]),
      ...(readsRequests ? section(name("preview"), ["retries 3", ...tracking(slot)]) : []),
    ];
  });
}

/**
 * A client goes to the same replica each time: applications may keep its session there. Its bucket says which; where that one is
 * down, or does not take the connection, any other does. Balancing by a hash would ask only two of many before it gave up.
 * A client of a port that speaks TCP is known by its address alone, and behind an edge all have one.
 */
function usualServers(spec: DoorSpec, listen: DoorPort, slot: Slot): string[] {
  const names = serverNames(spec, slot);
  if (names.length < 2 || spec.stickiness.by === "none" || spokenAt(spec, listen) === "tcp") return [];
  return names.map((name, index) => `use-server ${name} if { var(txn.bucket),mod(${names.length}) eq ${index} }`);
}

/**
 * How often a connection that gets no answer is tried again where nobody else can answer. With `timeout connect` it makes
 * 9.8 s, nearly what users and their clients wait for. One that is refused is told at once.
 */
const patience = 13;

/**
 * The same servers, unchecked, for the case that the checks have given up all of them: what gets no processor for some
 * seconds fails its checks, too, and a late answer is one, where "not available" at once is a lost request.
 */
function lastResort(spec: DoorSpec, listen: DoorPort, slot: Slot): string[] {
  return servers(spec, listen, slot, () => "backup", uncheckedSuffix);
}

/**
 * Failed connections in a row take a server out at once, so that the retry of that same request finds the backups. Only
 * where there are some: elsewhere it would turn a moment's refusal of a lone server into an outage.
 */
function markedDown(failures: number): string {
  return `check inter 2s observe layer4 error-limit ${failures} on-error mark-down`;
}

function section(name: string, lines: readonly string[]): string[] {
  return [`backend ${name}`, ...lines.map((line) => `  ${line}`)];
}

function healthCheck(spec: DoorSpec, listen: DoorPort): string[] {
  if (spec.healthPath === null || listen.port !== healthTarget(spec).port) return [];
  return [
    "option httpchk",
    `http-check send meth GET uri ${spec.healthPath} ver HTTP/1.1 hdr Host ${spec.healthHost ?? "localhost"} hdr User-Agent sluice-door`,
    // The path is the newest release's: what answers that it does not know it is there, and serves its users.
    "http-check expect rstatus ^[234]",
  ];
}

function serverNames(spec: DoorSpec, slot: Slot): string[] {
  return spec.servers[slot].slice(0, spec.replicas).map((_address, index) => `${slot}${index + 1}`);
}

function servers(
  spec: DoorSpec,
  listen: DoorPort,
  slot: Slot,
  settings: (server: string) => string,
  suffix = "",
): string[] {
  const proxyProtocol = spec.proxyProtocol.out ? " send-proxy-v2" : "";
  return serverNames(spec, slot).map((name, index) => {
    const address = spec.servers[slot][index] ?? "";
    const host = isIPv6(address) ? `[${address}]` : address;
    const own = settings(name);
    const checked = proxyProtocol !== "" && own.startsWith("check") ? " check-send-proxy" : "";
    const protocol = spokenAt(spec, listen) === "h2" ? " proto h2" : "";
    return `server ${name}${suffix} ${host}:${listen.target} ${own}${protocol}${proxyProtocol}${checked}`;
  });
}
