import type { ComposeModel, ComposeService, PublishedPort } from "@sluice/core";
import { unescapeDollars } from "./dollars.ts";
import { type NamedNetwork, networkKeys, networkName } from "./networks.ts";
import { labelPrefixes, nginxSettings, proxyLabels, proxyVariables } from "./proxy-labels.ts";
import { publishedPorts } from "./published-ports.ts";
import { serviceLinks } from "./service-links.ts";
import { endpointAliases } from "./slot-model.ts";

export interface DoorNetwork extends NamedNetwork {
  /** The service's own name first. */
  readonly aliases: readonly string[];
  /** A fixed address that the compose file gives the service. */
  readonly ipv4Address?: string | undefined;
}

/** What the door of a service takes over from it. Values are unescaped, as the engine wants them. */
export interface DoorFacts {
  /** Base and external networks, sorted by key. */
  readonly networks: readonly DoorNetwork[];
  readonly ports: readonly PublishedPort[];
  /**
   * Labels by which Traefik, caddy-docker-proxy or a proxy of `traffic.proxyLabels` finds the service, for Traefik also on which
   * network where it is on one alone; and what nginx-proxy is to do with it.
   */
  readonly labels: Readonly<Record<string, string>>;
  /** Variables by which nginx-proxy finds it, and what it is to do with it. */
  readonly environment: Readonly<Record<string, string>>;
}

/**
 * Names by which services on the network link to this one. A container that was linked before asks for its container,
 * whose name the door must answer to then.
 */
function linkedNames(model: ComposeModel, name: string, key: string): readonly string[] {
  const linked = Object.entries(model.services).flatMap(([other, service]) =>
    other !== name && networkKeys(service).includes(key)
      ? serviceLinks(service).filter((link) => link.service === name)
      : [],
  );
  if (linked.length === 0) return [];
  return [...linked.map(({ alias }) => alias), `${model.name}-${name}-1`];
}

/**
 * Traefik takes any network of a container unless a label names one, and only its own project reaches the links that a
 * door is on, too. A service on several networks has to say which one as it is.
 */
function traefikNetwork(service: ComposeService, networks: readonly NamedNetwork[]): Readonly<Record<string, string>> {
  const [only, another] = networks;
  const isTraefiks = Object.keys(proxyLabels(service)).some((name) => name.startsWith("traefik."));
  return only && !another && isTraefiks ? { "traefik.docker.network": only.name } : {};
}

export function doorFacts(model: ComposeModel, name: string): DoorFacts {
  const service = model.services[name] ?? {};
  const networks = networkKeys(service).map((key): DoorNetwork => {
    const aliases = [name, ...endpointAliases(service, key), ...linkedNames(model, name, key)].map(unescapeDollars);
    const ipv4Address = service.networks?.[key]?.ipv4_address;
    return {
      key,
      name: networkName(model, key),
      aliases: [...new Set(aliases)],
      ...(ipv4Address === undefined ? {} : { ipv4Address }),
    };
  });
  const nginx = nginxSettings(service);
  return {
    networks,
    ports: publishedPorts(service),
    labels: { ...traefikNetwork(service, networks), ...proxyLabels(service, labelPrefixes(model)), ...nginx.labels },
    environment: { ...proxyVariables(service), ...nginx.environment },
  };
}

/** Whether proxies are told of the service by its labels or variables. */
export function isFoundByProxies({ labels, environment }: DoorFacts): boolean {
  return Object.keys(labels).length + Object.keys(environment).length > 0;
}
