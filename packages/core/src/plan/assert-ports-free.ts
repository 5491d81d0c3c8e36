import { SluiceError } from "../errors/sluice-error.ts";
import { addressesMeet } from "../model/host-addresses.ts";
import { isBehindDoor } from "../model/placement.ts";
import type { PublishedPort, ServiceFacts } from "../model/service.ts";
import { portHeirs } from "./moved-ports.ts";

/**
 * Whether no door is to take a port that the door of another service has until users are led to the release: both are there at once.
 * A service that takes the place of one that goes is none of these, see `portHeirs`.
 *
 * @param before services of the release that serves
 * @param after those of the release that is to serve
 * @throws SluiceError RELEASE_REFUSED
 */
export function assertPortsFree(before: readonly ServiceFacts[], after: readonly ServiceFacts[], tag: string): void {
  const heirs = portHeirs(before, after);
  const holders = before.filter(isBehindDoor);
  for (const { name, ports } of after.filter(isBehindDoor)) {
    const own = holders.find((service) => service.name === name)?.ports ?? [];
    for (const port of ports) {
      const holder = holders.find(
        (service) =>
          service.name !== name &&
          heirs[name]?.includes(service.name) !== true &&
          service.ports.some((held) => meet(port, held)),
      );
      // At another address of the machine it may have been there all the time.
      if (!holder || own.some((held) => meet(port, held))) continue;
      throw new SluiceError(
        "RELEASE_REFUSED",
        `${name} is to publish port ${port.published} in ${tag}, which the door of ${holder.name} has while the release that serves does`,
        {
          hint: `do it in two releases: one in which ${holder.name} does not publish port ${port.published} any more, then one in which ${name} does`,
        },
      );
    }
  }
}

/** Whether two published ports cannot be had by two containers at once. */
function meet(one: PublishedPort, other: PublishedPort): boolean {
  if (one.published === 0 || one.published !== other.published || one.protocol !== other.protocol) return false;
  return addressesMeet(one.hostIp ?? "", other.hostIp ?? "");
}
