import type { ComposeService, PublishedPort } from "@sluice/core";

/**
 * Ports that the compose file publishes. A range of host ports for one port of the service is where Compose finds one
 * for each replica: so many of it are published, the first ones.
 */
export function publishedPorts({ ports = [], scale, deploy }: ComposeService): readonly PublishedPort[] {
  const replicas = scale ?? deploy?.replicas ?? 1;
  return ports.flatMap(({ host_ip, published = "0", target, protocol }) =>
    hostPorts(published, replicas).map((port) => ({
      ...(host_ip ? { hostIp: host_ip } : {}),
      published: port,
      target,
      protocol: protocol === "udp" ? ("udp" as const) : ("tcp" as const),
    })),
  );
}

function hostPorts(published: string, replicas: number): readonly number[] {
  const [first = 0, last = first] = published.split("-").map((text) => Number.parseInt(text, 10) || 0);
  const count = Math.max(1, Math.min(replicas, last - first + 1));
  return Array.from({ length: count }, (_, index) => first + index);
}
