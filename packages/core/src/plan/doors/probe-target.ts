import type { ProbeDoor, ProbeTarget } from "../../model/probe-target.ts";
import type { ServiceFacts } from "../../model/service.ts";
import type { Slot } from "../../model/slot.ts";
import type { ObservedContainer } from "../../model/stack.ts";

export interface ProbeTargetFacts {
  readonly slot: Slot;
  readonly services: readonly ServiceFacts[];
  /** Containers of the slot. */
  readonly containers: readonly ObservedContainer[];
  /** Container id of the door, by service. */
  readonly doors: ReadonlyMap<string, string>;
  /** Fixed addresses of the slot's replicas, by service. */
  readonly addresses: Readonly<Record<string, readonly string[]>>;
  /** `null` probes as a user would. */
  readonly previewSecret: string | null;
  /** The doors await a header of the PROXY protocol: `traffic.proxyProtocol.in`. */
  readonly proxyProtocol: boolean;
}

/** Where the checks of a slot are run: through the doors, and straight to containers where there is none. */
export function probeTarget(facts: ProbeTargetFacts): ProbeTarget {
  const { slot, services, addresses, previewSecret, proxyProtocol } = facts;
  const containers = containersByService(facts.containers);
  const ports: Record<string, number> = {};
  const doors: Record<string, ProbeDoor> = {};
  const present: Record<string, readonly string[]> = {};
  for (const { name, protocol, port, ports: published } of services) {
    const listen = port ?? published[0]?.target;
    if (listen === undefined || listen === null) continue;
    ports[name] = listen;
    // A door's block has more addresses than there are replicas.
    const replicas = containers[name]?.length ?? 0;
    if (addresses[name]) present[name] = addresses[name].slice(0, replicas);
    const container = facts.doors.get(name);
    if (container === undefined || protocol === "tcp") continue;
    doors[name] = { container, port: listen, previewSecret, ...(proxyProtocol ? { proxyProtocol } : {}) };
  }
  return { slot, containers, addresses: present, ports, doors };
}

/** Ids of containers by their service. */
export function containersByService(
  containers: readonly Pick<ObservedContainer, "service" | "id">[],
): Readonly<Record<string, readonly string[]>> {
  const ids: Record<string, string[]> = {};
  for (const { service, id } of containers) (ids[service] ??= []).push(id);
  return ids;
}
