import type { ServiceFacts, Slot, SlotRequest, StoredRelease } from "@sluice/core";
import { type DeploymentScope, releaseOf } from "../scope.ts";

/** A slot as a release wants it, by default the one that is deployed; web services get the addresses that their doors lead to. */
export async function slotRequest(
  scope: DeploymentScope,
  slot: Slot,
  services: readonly ServiceFacts[],
  release: StoredRelease = releaseOf(scope),
  options: { readonly anew?: boolean | undefined } = {},
): Promise<SlotRequest> {
  const addresses: Record<string, readonly string[]> = {};
  for (const service of services.filter(({ role }) => role === "web")) {
    addresses[service.name] = (await scope.ports.doors.addresses(release.model, service, slot, options))[slot];
  }
  return { stack: scope.stack, slot, release, deployment: scope.deployment, services, addresses };
}
