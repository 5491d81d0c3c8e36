import { doorFacts } from "../model/door-facts.ts";
import { hash, type SpecRequest } from "./spec-hash.ts";

/**
 * What a door's container is made from, by what people call it, each part hashed by itself: of a door that is made otherwise now it can be
 * said what changed. Pure.
 */
export function specParts({ spec, image, model }: SpecRequest): Readonly<Record<string, string>> {
  const { listen, protocol, proxyProtocol, https, previewSecret: _secret, ...asked } = spec;
  const { healthPath, healthHost, healthPort, ...settings } = asked;
  const { ports, networks, labels, environment } = doorFacts(model, spec.service);
  const parts = {
    ports: { listen, ports },
    protocol: { protocol, proxyProtocol, https },
    "health path": { healthPath, healthHost, healthPort },
    networks,
    labels: { labels, environment },
    image,
    settings,
  };
  return Object.fromEntries(Object.entries(parts).map(([name, part]) => [name, hash(part).slice(0, 8)]));
}

/** Parts that a door was made from otherwise than it would be now; none where nobody knows, as a Sluice of before made it. Pure. */
export function differingParts(label: string | undefined, wanted: Readonly<Record<string, string>>): readonly string[] {
  const made = readParts(label);
  return Object.keys(wanted).filter((name) => made[name] !== undefined && made[name] !== wanted[name]);
}

function readParts(label = "{}"): Readonly<Record<string, unknown>> {
  try {
    const read: unknown = JSON.parse(label);
    return typeof read === "object" && read !== null ? { ...read } : {};
  } catch {
    return {};
  }
}
