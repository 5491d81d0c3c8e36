import type { ComposeModel, ComposeService, ServiceFacts } from "@sluice/core";
import { slotServices } from "@sluice/core";
import { isProxied, labelPrefixes, proxyNetworks } from "./proxy-labels.ts";

export interface NamedNetwork {
  /** In the compose file. */
  readonly key: string;
  /** On the engine. */
  readonly name: string;
}

type NamedRole = Pick<ServiceFacts, "name" | "role">;

/** Services that run once in a slot, of those given. */
export function jobServices(services: readonly ServiceFacts[]): readonly ServiceFacts[] {
  return services.filter(({ role, active }) => role === "job" && active);
}

/** Keys of the networks that a slot has for itself: every one that its services and jobs declare. Sorted. */
export function slotNetworks(model: ComposeModel, services: readonly ServiceFacts[]): readonly string[] {
  return declaredNetworks(model, guests(services));
}

/**
 * Keys of the networks that are carried into a slot by a link, sorted: what its services declare. An external network
 * that is there for an edge alone is left out, unless some web service could be reached in no other way.
 */
export function linkedNetworks(model: ComposeModel, services: readonly ServiceFacts[]): readonly string[] {
  const linked = guests(services).flatMap((name) => {
    const keys = networkKeys(model.services[name]);
    const carried = keys.filter((key) => !isEdgeOnly(model, services, name, key));
    return carried.length > 0 ? carried : keys;
  });
  return [...new Set(linked)].toSorted();
}

/**
 * External networks that a container of the service in a slot must be connected to: something that belongs to another
 * project, and is no edge, may be reached there. All of a worker's or a job's, and of a web service's those that are not there for a proxy alone.
 */
export function joinedExternals(
  model: ComposeModel,
  services: readonly NamedRole[],
  service: string,
): readonly NamedNetwork[] {
  return networkKeys(model.services[service])
    .filter((key) => isExternal(model, key) && !isEdgeOnly(model, services, service, key))
    .map((key) => ({ key, name: networkName(model, key) }));
}

/** Name of a network of the project on the engine. */
export function networkName(model: ComposeModel, key: string): string {
  return model.networks?.[key]?.name ?? `${model.name}_${key}`;
}

/** Keys of the networks that a service is on, sorted; empty with a `network_mode`. */
export function networkKeys(service: ComposeService | undefined): readonly string[] {
  if (!service || service.network_mode) return [];
  const keys = Object.keys(service.networks ?? { default: null });
  return keys.toSorted();
}

export function isExternal(model: ComposeModel, key: string): boolean {
  return model.networks?.[key]?.external === true;
}

/**
 * The name of a network that every engine has, where an external one is that: a container can be connected to `host` and `none` at no
 * later time, and to `bridge` under no name.
 */
export function networkOfEngine(model: Pick<ComposeModel, "networks">, key: string): string | undefined {
  const { external, name = key } = model.networks?.[key] ?? {};
  return external === true && /^(?:host|none|bridge)$/.test(name) ? name : undefined;
}

function declaredNetworks(model: ComposeModel, names: readonly string[]): readonly string[] {
  return [...new Set(names.flatMap((name) => networkKeys(model.services[name])))].toSorted();
}

function guests(services: readonly ServiceFacts[]): readonly string[] {
  return [...slotServices(services), ...jobServices(services)].map(({ name }) => name);
}

/**
 * An external network whose purpose is that a proxy reaches a web service: the door stands there for it. Of a service that labels or
 * variables call a proxy to those that labels name, and where they name none its only external one, whatever else of the project is on that:
 * anchors bring it there, too. Of one that they say nothing of those where an edge of the project is, unless a worker or a store is on it as
 * well: what it calls may be there. Where it stays open which one it is, it is none: a container that joins has no name and no label there by
 * which a proxy would take it for the service.
 */
function isEdgeOnly(model: ComposeModel, services: readonly NamedRole[], service: string, key: string): boolean {
  const written = model.services[service];
  const isWeb = services.some(({ name, role }) => name === service && role === "web");
  if (!isWeb || !isExternal(model, key)) return false;
  if (isProxied(written, labelPrefixes(model))) {
    const named = proxyNetworks(written);
    if (named.length > 0) return named.includes(networkName(model, key));
    return networkKeys(written).filter((one) => isExternal(model, one)).length === 1;
  }
  const there = services.filter(({ name }) => networkKeys(model.services[name]).includes(key));
  return there.some(({ role }) => role === "edge") && !there.some(({ role }) => role === "worker" || role === "data");
}
