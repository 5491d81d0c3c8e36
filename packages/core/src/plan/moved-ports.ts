import type { ServiceFacts } from "../model/service.ts";

/**
 * Web services that listen elsewhere, or otherwise, in the release `after` than in the one before: no door can lead to
 * both, as it reaches every slot at the same ports.
 */
export function movedPorts(before: readonly ServiceFacts[], after: readonly ServiceFacts[]): readonly string[] {
  return after.filter(isLed).flatMap((service) => {
    const old = before.filter(isLed).find(({ name }) => name === service.name);
    return old && listening(old) !== listening(service) ? [service.name] : [];
  });
}

const isLed = ({ active, role, strategy }: ServiceFacts) => active && role === "web" && strategy === "slots";

/** Where a service listens inside its container; published ports may change without anyone losing the way. */
function listening({ port, ports, protocol }: ServiceFacts): string {
  const targets = ports.flatMap((one) => (one.protocol === "tcp" ? [one.target] : []));
  return JSON.stringify([protocol, port, [...new Set(targets)].toSorted((a, b) => a - b)]);
}
