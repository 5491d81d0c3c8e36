import { type CallOptions, type Slot, SluiceError, shareOf } from "@sluice/core";
import type { DeploymentScope } from "../scope.ts";

/** Removes a slot and what runs there. @throws SluiceError as `assertUnreached` */
export async function removeSlot(scope: DeploymentScope, slot: Slot, options: CallOptions): Promise<void> {
  await assertUnreached(scope, slot, options.signal);
  await scope.ports.slots.remove(scope.stack, slot, options);
}

/** Removes what is in a slot, which keeps its networks. @throws SluiceError as `assertUnreached` */
export async function clearSlot(scope: DeploymentScope, slot: Slot, options: CallOptions): Promise<void> {
  await assertUnreached(scope, slot, options.signal);
  await scope.ports.slots.clear(scope.stack, slot, options);
}

/**
 * Whatever a plan says, nothing is taken away from under users. A door that does not answer leads nobody.
 *
 * @throws SluiceError STATE_UNCLEAR where a door leads users to the slot
 */
export async function assertUnreached(
  { ports, doorIds }: DeploymentScope,
  slot: Slot,
  signal?: AbortSignal,
): Promise<void> {
  for (const [service, id] of doorIds) {
    const routing = await ports.router.routing(id, signal).catch(() => null);
    signal?.throwIfAborted();
    const share = routing ? shareOf(routing, slot) : 0;
    if (share === 0) continue;
    throw new SluiceError(
      "STATE_UNCLEAR",
      `slot ${slot} stays: its door leads ${share} % of the users of ${service} there`,
      {
        hint: "sluice status shows who serves",
      },
    );
  }
}
