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
  const called = slotServices(services)
    .filter((service) => networkKeys(model.services[service.name]).some((one) => joined.includes(one)))
    .map((service) => {
      const written = model.services[service.name] ?? {};
      const there = service.role === "web" ? stackNames.linkAlias(stack, slot, service.name) : service.name;
      const aliases = networkKeys(written)
        .filter((one) => shared.includes(one))
        .flatMap((one) => endpointAliases(written, one));
      return { service, there, names: [...new Set([service.name, ...aliases])] };
    });
  // A link leads to one alone: a name that several have stays with the engine, which answers with all of them.
  const isOfOne = (name: string) => called.filter(({ names }) => names.includes(name)).length === 1;
  return called
    .filter(({ service }) => linkedNetworks(model, [service]).includes(key))
    .flatMap(({ there, names }) => names.filter(isOfOne).map((alias) => `${there}:${alias}`));
}
