import { isInSlot, type ServiceFacts } from "@sluice/core";

/** Whether containers of a service run in slots, for long or once: all others run in base. */
export function runsInSlot(service: Pick<ServiceFacts, "role" | "strategy">): boolean {
  return service.role === "job" || isInSlot(service);
}

/** What lives in base: neither in slots nor run once nor kept from production. */
export function isInBase(service: ServiceFacts): boolean {
  return service.active && service.role !== "tool" && !runsInSlot(service);
}
