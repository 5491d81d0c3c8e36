import type { StateFinding } from "../../model/finding.ts";
import type { Slot } from "../../model/slot.ts";
import type { ObservedStack } from "../../model/stack.ts";

/**
 * Containers that nothing starts again, although their service is to be. Pure.
 *
 * @param slot the one that is looked at beside base and doors: it holds the release for which the stack was observed
 */
export function restartFindings(
  { lostRestarts = [] }: Pick<ObservedStack, "lostRestarts">,
  slot: Slot | null,
): readonly StateFinding[] {
  return lostRestarts
    .filter((one) => one.slot === null || one.slot === slot)
    .map(({ service, container, policy }) => ({
      severity: "warn",
      code: "restart-lost",
      service,
      message: `${container} has lost its restart policy (${policy}): it stays down when it ends, or when the engine restarts`,
      hint: `docker update --restart=${policy} ${container}`,
    }));
}
