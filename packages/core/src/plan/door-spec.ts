import type { Config } from "../config/schema.ts";
import { SluiceError } from "../errors/sluice-error.ts";
import type { DoorHttps, DoorSpec, Stickiness, Testers } from "../model/door.ts";
import type { ServiceFacts } from "../model/service.ts";
import type { Slot } from "../model/slot.ts";

export interface DoorSpecFacts {
  readonly stack: string;
  readonly service: ServiceFacts;
  readonly config: Config;
  readonly servers: Readonly<Record<Slot, readonly string[]>>;
  readonly previewSecret: string;
}

/**
 * What the door of a web service is made for. It listens on the ports the application listens on, so that the names and
 * ports other services use go on working.
 *
 * @throws SluiceError CONFIG_INVALID when nobody knows where the service listens
 */
export function doorSpec({ stack, service, config, servers, previewSecret }: DoorSpecFacts): DoorSpec {
  const ports = new Set(service.ports.filter(({ protocol }) => protocol === "tcp").map(({ target }) => target));
  if (service.port !== null) ports.add(service.port);
  if (ports.size === 0) {
    throw new SluiceError("CONFIG_INVALID", `nothing tells on which port service ${service.name} listens`, {
      hint: `set services.${service.name}.port in sluice.yaml`,
    });
  }
  const https = httpsOf(config, service.name);
  if (https && !ports.has(https.port)) {
    throw new SluiceError("CONFIG_INVALID", `service ${service.name} publishes no port ${https.port} for its HTTPS`, {
      hint: `publish it in the compose file (ports: ["443:${https.port}"]), or change services.${service.name}.https.port`,
    });
  }
  const main = service.port ?? [...ports].find((port) => port !== https?.port);
  if (main === undefined || main === https?.port) {
    throw new SluiceError("CONFIG_INVALID", `nothing tells where service ${service.name} listens beside its HTTPS`, {
      hint: `set services.${service.name}.port in sluice.yaml to another port than its https.port`,
    });
  }
  return {
    stack,
    service: service.name,
    protocol: service.protocol,
    listen: [...ports].toSorted((a, b) => a - b).map((port) => ({ port, target: port === https?.port ? main : port })),
    servers,
    replicas: service.replicas,
    healthPath: config.services[service.name]?.health?.path ?? null,
    healthPort: service.port ?? undefined,
    stickiness: stickinessOf(config),
    testers: testersOf(config),
    proxyProtocol: config.traffic.proxyProtocol,
    https,
    previewSecret,
    drainTimeoutMs: config.traffic.drain.timeout,
  };
}

/** The HTTPS of a service that ends at its door; `undefined`: none does. */
export function httpsOf({ services }: Config, service: string): DoorHttps | undefined {
  return services[service]?.https;
}

function stickinessOf({ traffic: { sticky } }: Config): Stickiness {
  if (sticky === "cookie" || sticky === "ip" || sticky === "none") return { by: sticky };
  return "header" in sticky ? { by: "header", name: sticky.header } : { by: "cookie", domain: sticky.cookie.domain };
}

/** Who reaches a candidate that is open to testers; `undefined`: nobody. */
export function testersOf({ traffic: { testers } }: Config): Testers | undefined {
  if (!testers) return undefined;
  const { by, name, value, addresses, proxies } = testers;
  return {
    ...(name !== undefined && value !== undefined ? { token: { by, name, value } } : {}),
    ...(addresses ? { from: { addresses, ...(proxies ? { proxies } : {}) } } : {}),
  };
}
