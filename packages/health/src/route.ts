import type { ProbeTarget } from "@sluice/core";

/** A target, with containers that share the network of the service's where no door reaches that. */
export interface ReachedTarget extends ProbeTarget {
  readonly beside?: readonly Beside[] | undefined;
}

export interface Beside {
  /** Id of a container that has socat. */
  readonly container: string;
  /** What the one beside it is called in its own network: not the loopback, where nobody else reaches it. */
  readonly host: string;
}

/** From which container a service is reached, and at which address. */
export interface Route {
  readonly container: string;
  readonly host: string;
  readonly port: number;
  /** Headers that lead through a door to the slot. They hold a secret: never in argv, never in a verdict. */
  readonly headers: Readonly<Record<string, string>>;
  /** Sent before all else on a connection: the door gives what follows to nobody before it. */
  readonly preamble?: string | undefined;
}

/** Version 1 of the header, of a connection that stands for itself. https://www.haproxy.org/download/2.8/doc/proxy-protocol.txt */
const proxyHeader = "PROXY UNKNOWN\r\n";

/** The way that users take: through the service's door, or, where it has none, straight from another's, or from beside it. */
export function httpRoute(service: string, target: ReachedTarget): Route | null {
  const door = target.doors[service];
  if (!door) return directRoutes(service, target, target.ports?.[service])[0] ?? null;
  const { container, port, previewSecret, proxyProtocol } = door;
  const headers = previewSecret === null ? {} : { "X-Sluice-Preview": previewSecret, "X-Sluice-Slot": target.slot };
  return { container, host: "127.0.0.1", port, headers, ...(proxyProtocol ? { preamble: proxyHeader } : {}) };
}

/** From a door's container, which can reach the slot's network, to each container of the service; or from beside each. */
export function directRoutes(service: string, target: ReachedTarget, port: number | undefined): readonly Route[] {
  if (port === undefined) return [];
  if (target.beside) return target.beside.map((beside) => ({ ...beside, port, headers: {} }));
  const door = target.doors[service] ?? Object.values(target.doors)[0];
  if (!door) return [];
  const addresses = target.addresses?.[service] ?? [];
  return addresses.map((host) => ({ container: door.container, host, port, headers: {} }));
}

/** `host:port`; an IPv6 address stands in brackets. */
export function socketAddress({ host, port }: Route): string {
  return `${host.includes(":") ? `[${host}]` : host}:${port}`;
}

/** Address for socat. */
export function socatAddress(route: Route): string {
  return `TCP:${socketAddress(route)}`;
}
