import { isWithin, parseNetwork, type TesterAddresses } from "@sluice/core";

/** How many proxies in a row the door sees through: a CDN, a load balancer and an edge, and one more. */
export const mostProxies = 4;

/**
 * The address a request comes from. Each proxy appends the address that it was reached from to `X-Forwarded-For`: while the
 * address at hand is that of a believed proxy, the next one from the right is. What a client wrote itself is further left,
 * and is never got to.
 *
 * @param peer who connected to the door, or whom the PROXY protocol says did
 * @param forwarded entries of `X-Forwarded-For`, in order
 */
export function clientAddress(
  { proxies = [] }: TesterAddresses,
  peer: string,
  forwarded: readonly string[] = [],
): string {
  let address = peer;
  for (const entry of forwarded.slice(-mostProxies).toReversed()) {
    // Whoever leaves no address leaves nothing to go on from.
    if (!isAmong(proxies, address) || !parseNetwork(entry)) return address;
    address = entry;
  }
  return address;
}

/** The rule for testers known by address, as a function; tests hold the configuration to it. */
export function isTesterFrom(from: TesterAddresses, peer: string, forwarded?: readonly string[]): boolean {
  return isAmong(from.addresses, clientAddress(from, peer, forwarded));
}

function isAmong(networks: readonly string[], address: string): boolean {
  return networks.some((text) => {
    const network = parseNetwork(text);
    return network !== undefined && isWithin(network, address);
  });
}
