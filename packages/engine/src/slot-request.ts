import type { ServiceFacts, Slot, SlotRequest } from "@sluice/core";
import { type DeploymentScope, releaseOf } from "./scope.ts";

/** A slot as the release wants it; web services get the addresses that their doors lead to. */
export async function slotRequest(
  scope: DeploymentScope,
  slot: Slot,
  services: readonly ServiceFacts[],
): Promise<SlotRequest> {
  const release = releaseOf(scope);
  const addresses: Record<string, readonly string[]> = {};
  for (const service of services.filter(({ role }) => role === "web")) {
    addresses[service.name] = (await scope.ports.doors.addresses(release.model, service, slot))[slot];
  }
  return { stack: scope.stack, slot, release, deployment: scope.deployment, services, addresses };
}
