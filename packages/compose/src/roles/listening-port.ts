import type { ComposeService, ServiceConfig } from "@sluice/core";
import { proxyLabels, proxyVariables } from "../model/proxy-labels.ts";

/** Where a service listens inside its container, from the surest source to the least; `null` when nothing tells. */
export function listeningPort(service: ComposeService, override: Partial<ServiceConfig> = {}): number | null {
  const candidates = [
    override.port,
    ...labelPorts(service),
    toPort(proxyVariables(service)["VIRTUAL_PORT"]),
    service.ports?.find(({ protocol = "tcp" }) => protocol === "tcp")?.target,
    ...(service.expose ?? []).map((port) => (String(port).endsWith("/udp") ? undefined : toPort(String(port)))),
    toPort(/(?:localhost|127\.0\.0\.1|0\.0\.0\.0):(\d+)/.exec(healthcheckOf(service))?.[1]),
  ];
  return candidates.find((port) => port !== undefined) ?? null;
}

function labelPorts(service: ComposeService): readonly (number | undefined)[] {
  const labels = Object.entries(proxyLabels(service));
  const traefik = labels.filter(([name]) => /^traefik\.\w+\.services\..+\.loadbalancer\.server\.port$/.test(name));
  const caddy = labels.flatMap(([, value]) => /\{\{\s*upstreams(?:\s+\w+)?\s+(\d+)\s*\}\}/.exec(value)?.[1] ?? []);
  return [...traefik.map(([, value]) => toPort(value)), ...caddy.map(toPort)];
}

/** The command of a health check that is not turned off; empty where there is none. */
export function healthcheckOf({ healthcheck }: ComposeService): string {
  return healthcheck?.disable === true ? "" : (healthcheck?.test ?? []).join(" ");
}

function toPort(text: string | undefined): number | undefined {
  const port = Number.parseInt(text ?? "", 10);
  return port >= 1 && port <= 65_535 ? port : undefined;
}
