import { type ComposeService, listenPorts, type Protocol, type ServiceConfig, type ServiceFacts } from "@sluice/core";
import { proxyLabels, proxyVariables } from "../model/proxy-labels.ts";
import { tcpPorts } from "./known-ports.ts";
import { healthcheckOf, servicePorts, traefikServer } from "./listening-port.ts";

type Override = Partial<Pick<ServiceConfig, "protocol" | "https">>;

/** What a service speaks at the port where it listens, and at its others where that is something else. */
export function protocolsOf(
  service: ComposeService,
  port: number | null,
  override: Override = {},
): Pick<ServiceFacts, "protocol" | "protocols"> {
  const protocol = saidAt(override, port) ?? inferredProtocol(service, port);
  const others = otherPorts(service, port, override).flatMap((other) => {
    const spoken =
      saidAt(override, other) ?? traefikProtocol(service, other) ?? (tcpPorts.has(other) ? "tcp" : protocol);
    return spoken === protocol ? [] : [[String(other), spoken] as const];
  });
  return { protocol, ...(others.length > 0 ? { protocols: Object.fromEntries(others) } : {}) };
}

/** Ports of a service that are taken to speak what it speaks where it listens, as nothing tells. Where that is passed on unread it does no harm. */
export function unsurePorts(
  service: ComposeService,
  port: number | null,
  override: Override = {},
): { readonly protocol: Protocol; readonly ports: readonly number[] } {
  const { protocol } = protocolsOf(service, port, override);
  const isSaid = (other: number) => (saidAt(override, other) ?? traefikProtocol(service, other)) !== undefined;
  const isTold = (other: number) => protocol === "tcp" || tcpPorts.has(other) || isSaid(other);
  return { protocol, ports: otherPorts(service, port, override).filter((other) => !isTold(other)) };
}

/** Where the door ends HTTPS it is the door's own port. */
function otherPorts(service: ComposeService, port: number | null, { https }: Override): readonly number[] {
  return listenPorts(servicePorts(service, port)).filter((one) => one !== port && one !== https?.port);
}

function saidAt({ protocol }: Override, port: number | null): Protocol | undefined {
  return typeof protocol === "object" ? protocol[String(port)] : protocol;
}

/** What proxies call the ways to speak to a server; everything else has TLS. */
const schemes: Readonly<Record<string, Protocol>> = { http: "http", h2c: "h2", grpc: "h2" };

/** At a port that Traefik is told of; `undefined`: it is not. */
function traefikProtocol(service: ComposeService, port: number | null): Protocol | undefined {
  const server = traefikServer(service, port);
  return server && (schemes[server.scheme ?? server.kind] ?? "tcp");
}

/** At the port where it listens, where nobody says. */
function inferredProtocol(service: ComposeService, port: number | null): Protocol {
  const told = traefikProtocol(service, port);
  if (told !== undefined) return told;
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
