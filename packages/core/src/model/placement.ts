import type { ServiceFacts } from "./service.ts";

/** What a release is made of: it answers users or works for them. Data, edges, jobs and tools are none of it. */
export function isApplication(role: ServiceFacts["role"]): boolean {
  return role === "web" || role === "worker";
}

/** Whether a service that runs for long lives in slots; all others live in base. Jobs run in a slot and are gone. */
export function isInSlot({ role, strategy }: Pick<ServiceFacts, "role" | "strategy">): boolean {
  return strategy === "slots" && isApplication(role);
}

/** Services that live in slots, of those given. */
export function slotServices(services: readonly ServiceFacts[]): readonly ServiceFacts[] {
  return services.filter((service) => service.active && isInSlot(service));
}

/** Whether users reach an active service through a door. */
export function isBehindDoor({ active, role, strategy }: Pick<ServiceFacts, "active" | "role" | "strategy">): boolean {
  return active && role === "web" && strategy === "slots";
}
