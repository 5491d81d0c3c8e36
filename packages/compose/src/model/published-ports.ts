import type { ComposeService, PublishedPort } from "@sluice/core";

/** Ports that the compose file publishes; of a range of host ports, the first. */
export function publishedPorts({ ports = [] }: ComposeService): readonly PublishedPort[] {
  return ports.map(({ host_ip, published, target, protocol }) => ({
    ...(host_ip ? { hostIp: host_ip } : {}),
    published: Number.parseInt(published ?? "0", 10) || 0,
    target,
    protocol: protocol === "udp" ? "udp" : "tcp",
  }));
}
