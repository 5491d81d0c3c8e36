import type { ComposeModel, ComposeService, ServiceFacts } from "@sluice/core";
import { slotServices } from "@sluice/core";
import { isProxied, labelPrefixes } from "./proxy-labels.ts";

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
 * that only an edge uses is left out, unless some web service could be reached in no other way.
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
 * project, and is no edge, may be reached there.
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

/** An external network whose purpose is that a proxy reaches the service: the door stands there for it. */
function isEdgeOnly(model: ComposeModel, services: readonly NamedRole[], service: string, key: string): boolean {
  if (!isExternal(model, key)) return false;
  if (isProxied(model.services[service], labelPrefixes(model))) return true;
  return services.some(({ name, role }) => role === "edge" && networkKeys(model.services[name]).includes(key));
}
