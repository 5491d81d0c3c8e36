import { isIPv6 } from "node:net";
import { type DoorPort, type DoorSpec, spokenAt } from "@sluice/core";

/** How a server is reached at a port. */
export function transport(spec: DoorSpec, listen: DoorPort): object {
  return {
    protocol: "http",
    dial_timeout: "1500ms",
    // A connection of its own for each request: an idle one that the application closes just when a POST is on its way
    // to it cannot lose that POST. HTTP/2 has no such moment.
    ...(spokenAt(spec, listen) === "h2" ? { versions: ["h2c", "2"] } : { keep_alive: { enabled: false } }),
    ...(spec.proxyProtocol.out ? { proxy_protocol: "v2" } : {}),
  };
}

/** A server's address as it is dialed. */
export function dialed(address: string, port: number): string {
  return `${isIPv6(address) ? `[${address}]` : address}:${port}`;
}
