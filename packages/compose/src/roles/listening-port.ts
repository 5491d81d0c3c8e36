import { type ComposeService, listenPorts, type ServiceConfig, type ServicePorts } from "@sluice/core";
import { proxyLabels, proxyVariables } from "../model/proxy-labels.ts";
import { publishedPorts } from "../model/published-ports.ts";

/** Where a service listens inside its container, from the surest source to the least; `null` when nothing tells. */
export function listeningPort(service: ComposeService, override: Partial<ServiceConfig> = {}): number | null {
  const candidates = [
    override.port,
    ...proxiedPorts(service),
    service.ports?.find(({ protocol = "tcp" }) => protocol === "tcp")?.target,
    ...exposedPorts(service),
    toPort(/(?:localhost|127\.0\.0\.1|0\.0\.0\.0):(\d+)/.exec(healthcheckOf(service))?.[1]),
  ];
  return candidates.find((port) => port !== undefined) ?? null;
}

/**
 * All ports of a service: others of the project, and proxies, may come to each that it exposes or tells a proxy, as they did
 * when they reached its containers.
 *
 * @param port where it listens, see `listeningPort`
 */
export function servicePorts(service: ComposeService, port: number | null): ServicePorts {
  const known: ServicePorts = { ports: publishedPorts(service), port };
  const told = [...proxiedPorts(service), ...exposedPorts(service)];
  const furtherPorts = listenPorts({ ports: [], port: null, furtherPorts: told }).filter(
    (one) => !listenPorts(known).includes(one),
  );
  return { ...known, ...(furtherPorts.length > 0 ? { furtherPorts } : {}) };
}

/** Traefik's way to say at which port a server of a service listens. */
const traefikServerPort = /^traefik\.(\w+)\.services\..+\.loadbalancer\.server\.port$/;

/** What Traefik is told to speak at a port of a service; `undefined`: nothing of that port. */
export function traefikServer(
  service: ComposeService,
  port: number | null,
): { readonly kind: string; readonly scheme: string | undefined } | undefined {
  const labels = proxyLabels(service);
  const name = Object.keys(labels).find((key) => traefikServerPort.test(key) && toPort(labels[key]) === port);
  const kind = traefikServerPort.exec(name ?? "")?.[1];
  return name !== undefined && kind !== undefined
    ? { kind, scheme: labels[name.replace(/port$/, "scheme")] }
    : undefined;
}

/** Ports that a proxy is told of, by labels or variables. */
function proxiedPorts(service: ComposeService): readonly number[] {
  const labels = Object.entries(proxyLabels(service));
  const traefik = labels.flatMap(([name, value]) => (traefikServerPort.test(name) ? value : []));
  const caddy = labels.flatMap(([, value]) => /\{\{\s*upstreams(?:\s+\w+)?\s+(\d+)\s*\}\}/.exec(value)?.[1] ?? []);
  const { VIRTUAL_PORT = "", VIRTUAL_HOST_MULTIPORTS = "" } = proxyVariables(service);
  const several = [...VIRTUAL_HOST_MULTIPORTS.matchAll(/\bport["']?\s*:\s*["']?(\d+)/g)].map(([, port]) => port);
  return [...traefik, ...caddy, VIRTUAL_PORT, ...several].flatMap((text) => toPort(text) ?? []);
}

/** `3000`, `3000/tcp`, `3000-3002`: what is exposed over TCP. */
function exposedPorts({ expose = [] }: ComposeService): readonly number[] {
  return expose.map(String).flatMap((text) => {
    const [first, last = first] = text
      .replace(/\/tcp$/, "")
      .split("-")
      .map(toPort);
    if (text.endsWith("/udp") || first === undefined || last === undefined) return [];
    return Array.from({ length: Math.max(1, last - first + 1) }, (_, index) => first + index);
  });
}

/** The command of a health check that is not turned off; empty where there is none. */
export function healthcheckOf({ healthcheck }: ComposeService): string {
  return healthcheck?.disable === true ? "" : (healthcheck?.test ?? []).join(" ");
}

/** A number that a port can have; `undefined` for anything else. */
export function toPort(text: string | undefined): number | undefined {
  const port = Number.parseInt(text ?? "", 10);
  return port >= 1 && port <= 65_535 ? port : undefined;
}
