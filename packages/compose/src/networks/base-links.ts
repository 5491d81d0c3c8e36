import { type ComposeModel, type ServiceFacts, slotServices } from "@sluice/core";
import { networkKeys } from "../model/networks.ts";
import { serviceLinks } from "../model/service-links.ts";

/** What the service calls by a name of its own and is in base, on one network; by the container's name, so also when it is made anew. */
export function baseLinks(
  model: ComposeModel,
  services: readonly ServiceFacts[],
  name: string,
  key: string,
): readonly string[] {
  const inSlot = new Set(slotServices(services).map((service) => service.name));
  return serviceLinks(model.services[name])
    .filter(({ service, alias }) => alias !== service && !inSlot.has(service))
    .filter(({ service }) => networkKeys(model.services[service]).includes(key))
    .map(({ service, alias }) => {
      const container = model.services[service]?.container_name ?? `${model.name}-${service}-1`;
      return `${container}:${alias}`;
    });
}
