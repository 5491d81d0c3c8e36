import type { ComposeModel, RoleDecision } from "@sluice/core";
import { joinedExternals, networkKeys } from "../model/networks.ts";
import type { FindingRule } from "./finding-rule.ts";

/** A name that other projects can call a service by. */
export interface ExternalName {
  readonly name: string;
  /** Key of the external network. */
  readonly key: string;
  /** Which of the names there. */
  readonly index: number;
}

/**
 * The first name that the compose file gives a service on an external network that it joins: somebody outside the project is meant to
 * call it so. A service's own name is there without anybody having meant it; and where an edge of the project is, it is that which calls. Pure.
 */
export function externalName(
  model: ComposeModel,
  decisions: readonly RoleDecision[],
  service: string,
): ExternalName | undefined {
  const services = decisions.map(({ service: name, role }) => ({ name, role }));
  const edges = services.filter(({ role }) => role === "edge");
  const ofEdges = new Set(edges.flatMap(({ name }) => networkKeys(model.services[name])));
  const names = joinedExternals(model, services, service).flatMap(({ key }) => {
    if (ofEdges.has(key)) return [];
    const aliases = model.services[service]?.networks?.[key]?.aliases ?? [];
    return aliases.map((name, index) => ({ name, key, index }));
  });
  return names[0];
}

/** A web service has a door that answers there; a worker that is said to be in slots has none. */
export const externalNameDropped: FindingRule = (model, { service, role, strategy }, _override, decisions) => {
  if (role !== "worker" || strategy !== "slots") return undefined;
  const found = externalName(model, decisions, service);
  return (
    found && {
      severity: "warn",
      code: "external-name-dropped",
      message: `other projects cannot call ${service} as ${found.name} on network ${found.key}: workers in slots have no door`,
      hint: `set services.${service}.strategy: recreate in sluice.yaml if they do (a gap at each deployment), or role: web and a port if it serves`,
      path: ["networks", found.key, "aliases", found.index],
    }
  );
};
