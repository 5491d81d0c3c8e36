import { healthHostOf, healthPathOf, proxyProtocolOf } from "../../config/release-settings.ts";
import type { Config } from "../../config/schema.ts";
import { SluiceError } from "../../errors/sluice-error.ts";
import type { DoorHttps, DoorPort, DoorSpec, Stickiness, Testers } from "../../model/door.ts";
import { isBehindDoor } from "../../model/placement.ts";
import { listenPorts, protocolAt, type ServiceFacts } from "../../model/service.ts";
import type { Slot } from "../../model/slot.ts";

export interface DoorSpecFacts {
  readonly stack: string;
  readonly service: ServiceFacts;
  readonly config: Config;
  readonly servers: Readonly<Record<Slot, readonly string[]>>;
  readonly previewSecret: string;
}

/**
 * What the door of a web service is made for. It listens on the ports the application listens on, so that the names and
 * ports other services use go on working. It ends TLS only where the service is made for that (see `assertHttps`): a release from
 * before HTTPS was configured is not.
 *
 * @throws SluiceError CONFIG_INVALID when nobody knows where the service listens
 */
export function doorSpec({ stack, service, config, servers, previewSecret }: DoorSpecFacts): DoorSpec {
  const { listen, https } = doorPorts(service, config);
  if (listen.length === 0) {
    throw new SluiceError("CONFIG_INVALID", `nothing tells on which port service ${service.name} listens`, {
      hint: `set services.${service.name}.port in sluice.yaml`,
    });
  }
  return {
    stack,
    service: service.name,
    protocol: service.protocol,
    listen,
    servers,
    replicas: service.replicas,
    healthPath: healthPathOf(service, config),
    healthHost: healthHostOf(service, config),
    healthPort: service.port ?? undefined,
    stickiness: stickinessOf(config),
    testers: testersOf(config),
    proxyProtocol: proxyProtocolOf(service, config),
    https,
    previewSecret,
    drainTimeoutMs: config.traffic.drain.timeout,
  };
}

/**
 * Whether services can have the HTTPS that is configured for them.
 *
 * @throws SluiceError CONFIG_INVALID for one that does not publish its port, or has no other
 */
export function assertHttps(config: Config, services: readonly ServiceFacts[]): void {
  for (const service of services) {
    const { name, active, role, strategy } = service;
    const https = active && role === "web" && strategy === "slots" ? httpsOf(config, name) : undefined;
    if (!https) continue;
    const ports = listenPorts(service);
    if (!ports.includes(https.port)) {
      throw new SluiceError("CONFIG_INVALID", `service ${name} publishes no port ${https.port} for its HTTPS`, {
        hint: `publish it in the compose file (ports: ["443:${https.port}"]), or change services.${name}.https.port`,
      });
    }
    if (plainPort(service, ports, https) === undefined) {
      throw new SluiceError("CONFIG_INVALID", `nothing tells where service ${name} listens beside its HTTPS`, {
        hint: `set services.${name}.port in sluice.yaml to another port than its https.port`,
      });
    }
  }
}

/**
 * Whether ports that a protocol is configured for are ports of their services.
 *
 * @throws SluiceError CONFIG_INVALID for one that the application does not listen on, as far as anybody knows
 */
export function assertPortProtocols(config: Config, services: readonly ServiceFacts[]): void {
  for (const service of services.filter(isBehindDoor)) {
    const { protocol } = config.services[service.name] ?? {};
    const ports = listenPorts(service).filter((port) => port !== httpsOf(config, service.name)?.port);
    const unknown = typeof protocol === "object" && Object.keys(protocol).find((port) => !ports.includes(Number(port)));
    if (!unknown) continue;
    throw new SluiceError(
      "CONFIG_INVALID",
      `service ${service.name} has no port ${unknown} to speak ${protocol[unknown]} at`,
      {
        hint: `its ports inside the container are ${ports.join(", ")}: change services.${service.name}.protocol in sluice.yaml, or publish or expose ${unknown} in the compose file`,
      },
    );
  }
}

/** Where the door of a service listens, and at which of these ports it ends TLS. Empty where nobody knows a port. Pure. */
export function doorPorts(service: ServiceFacts, config: Config): Pick<DoorSpec, "listen" | "https"> {
  const ports = listenPorts(service);
  const configured = httpsOf(config, service.name);
  const plain = configured && plainPort(service, ports, configured);
  const https = configured && ports.includes(configured.port) && plain !== undefined ? configured : undefined;
  const targetOf = (port: number) => (port === https?.port ? (plain ?? port) : port);
  return { listen: ports.map((port) => doorPort(service, port, targetOf(port))), https };
}

/** It names a protocol only where that is not the service's: a door from before ports had some of their own is as it would be made now. */
function doorPort(service: ServiceFacts, port: number, target: number): DoorPort {
  const protocol = protocolAt(service, target);
  return { port, target, ...(protocol === service.protocol ? {} : { protocol }) };
}

/** Where the application speaks plain HTTP; `undefined`: nothing tells. */
function plainPort({ port }: ServiceFacts, ports: readonly number[], https: DoorHttps): number | undefined {
  const main = port ?? ports.find((one) => one !== https.port);
  return main === https.port ? undefined : main;
}

/** The HTTPS of a service that is to end at its door; `undefined`: none is. */
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
