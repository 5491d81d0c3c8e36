import {
  type Finding,
  isBehindDoor,
  liveSlot,
  type ObservedStack,
  type ServiceFacts,
  type Slot,
  type TrafficRouter,
} from "@sluice/core";

/**
 * Web services of which their door reaches no server in the slot that serves, though all of it runs: what a deployment has nothing to do
 * about. A door that cannot be asked tells nothing.
 *
 * @param services those of the release that serves
 */
export async function lostServers(
  observed: ObservedStack,
  services: readonly ServiceFacts[],
  { router }: { readonly router: Pick<TrafficRouter, "traffic"> },
  signal?: AbortSignal,
): Promise<readonly Finding[]> {
  const live = liveSlot(observed);
  if (!live) return [];
  const webs = services.filter((service) => isBehindDoor(service) && service.replicas > 0);
  const found = await Promise.all(
    webs.map(async ({ name: service }): Promise<readonly Finding[]> => {
      const door = observed.doors[service];
      if (!door?.containerId || !door.routing) return [];
      const traffic = await router.traffic(door.containerId, signal).catch(() => null);
      signal?.throwIfAborted();
      if (traffic?.slots[live.slot].serversUp !== 0) return [];
      const message = `door ${service} reaches no server of ${service} in ${live.slot}, which serves: all of it runs`;
      const hint = `sluice logs ${service} shows what it says; where it does not come round: docker restart ${namesOf(observed, live.slot, service)}`;
      return [{ severity: "warn", code: "no-server-up", service, message, hint }];
    }),
  );
  return found.flat();
}

function namesOf({ slots }: ObservedStack, slot: Slot, service: string): string {
  const own = slots[slot].containers.filter((container) => container.service === service);
  return own.map(({ name }) => name).join(" ");
}
