import type { ComposeService, Protocol, ServiceConfig } from "@sluice/core";
import { proxyLabels, proxyVariables } from "../model/proxy-labels.ts";
import { tcpPorts } from "./known-ports.ts";

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

/** What proxies call the ways to speak to a server; everything else has TLS. */
const schemes: Readonly<Record<string, Protocol>> = { http: "http", h2c: "h2", grpc: "h2" };

export function protocolOf(
  service: ComposeService,
  port: number | null,
  override: Partial<ServiceConfig> = {},
): Protocol {
  if (override.protocol) return override.protocol;
  const labels = Object.entries(proxyLabels(service));
  const scheme = labels.find(([name]) => name.endsWith(".server.scheme"))?.[1];
  if (scheme !== undefined) return schemes[scheme] ?? "tcp";
  if (labels.some(([name]) => name.startsWith("traefik.http."))) return "http";
  if (labels.some(([name]) => name.startsWith("traefik.tcp."))) return "tcp";
  if (/https:\/\/(?:localhost|127\.0\.0\.1)/.test(healthcheckOf(service))) return "tcp";
  if (speaksFastCgi(service, port)) return "tcp";
  if (/^grpc$/i.test(proxyVariables(service)["VIRTUAL_PROTO"] ?? "")) return "h2";
  return port !== null && tcpPorts.has(port) ? "tcp" : "http";
}

/**
 * PHP's process manager listens on 9000. Where only other services reach that port and nothing says HTTP, the door
 * passes the bytes on: that carries HTTP too, while a door for HTTP would break FastCGI.
 */
function speaksFastCgi(service: ComposeService, port: number | null): boolean {
  if (/^(?:https|fastcgi|uwsgi|grpcs)$/i.test(proxyVariables(service)["VIRTUAL_PROTO"] ?? "")) return true;
  if (port !== 9000 || (service.ports ?? []).length > 0) return false;
  return !/https?:/.test(healthcheckOf(service));
}

function labelPorts(service: ComposeService): readonly (number | undefined)[] {
  const labels = Object.entries(proxyLabels(service));
  const traefik = labels.filter(([name]) => /^traefik\.\w+\.services\..+\.loadbalancer\.server\.port$/.test(name));
  const caddy = labels.flatMap(([, value]) => /\{\{\s*upstreams(?:\s+\w+)?\s+(\d+)\s*\}\}/.exec(value)?.[1] ?? []);
  return [...traefik.map(([, value]) => toPort(value)), ...caddy.map(toPort)];
}

function healthcheckOf({ healthcheck }: ComposeService): string {
  return healthcheck?.disable === true ? "" : (healthcheck?.test ?? []).join(" ");
}

function toPort(text: string | undefined): number | undefined {
  const port = Number.parseInt(text ?? "", 10);
  return port >= 1 && port <= 65_535 ? port : undefined;
}
