import { type ComposeModel, type ServiceFacts, type Slot, slotServices, stackNames } from "@sluice/core";
import { linkedNetworks, networkKeys } from "../model/networks.ts";
import { endpointAliases } from "../model/slot-model.ts";

interface Caller {
  readonly stack: string;
  readonly slot: Slot;
  readonly services: readonly ServiceFacts[];
  readonly model: ComposeModel;
  readonly name: string;
  /** Keys of the external networks that the caller is connected to. */
  readonly joined: readonly string[];
}

/**
 * What the caller calls in its own slot and what stands on an external network as well, where its door has the same names. The engine
 * answers a name from the first network that knows it, by the networks' own names: an external one may come first, and the caller
 * would be led to whatever slot the door leads to. A link of its own comes before all of them. Of one link; pure.
 *
 * @param key of the network that the link carries
 */
export function slotLinks({ stack, slot, services, model, name, joined }: Caller, key: string): readonly string[] {
  const shared = networkKeys(model.services[name]);
  const namesOf = (service: string) => {
    const written = model.services[service] ?? {};
    const there = networkKeys(written).filter((one) => shared.includes(one));
    return new Set([service, ...there.flatMap((one) => endpointAliases(written, one))]);
  };
  // A link leads to one service alone: a name that several have stays with the engine, which answers with all of them.
  const isOfOne = (called: string) => services.filter((service) => namesOf(service.name).has(called)).length === 1;
  return slotServices(services)
    .filter((service) => networkKeys(model.services[service.name]).some((one) => joined.includes(one)))
    .filter((service) => linkedNetworks(model, [service]).includes(key))
    .flatMap((service) => {
      const there = service.role === "web" ? stackNames.linkAlias(stack, slot, service.name) : service.name;
      return [...namesOf(service.name)].filter(isOfOne).map((alias) => `${there}:${alias}`);
    });
}
