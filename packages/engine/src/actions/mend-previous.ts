import { slotServices } from "@sluice/core";
import type { StepCall, StepOf } from "../action.ts";
import { notStored } from "../record/not-stored.ts";
import { describe } from "../report.ts";
import { type DeploymentScope, emit } from "../scope.ts";
import { createMissing } from "./create-slot.ts";

/**
 * What is gone of the release that users were led back to runs again while another one is made ready. That one replaces it: where
 * it does not come up, people are told, and nothing waits for it.
 */
export async function mendPrevious(
  { slot, services }: StepOf<"start">,
  scope: DeploymentScope,
  { options, signal }: StepCall,
): Promise<void> {
  const { stack, ports, previousRelease } = scope;
  try {
    if (!previousRelease) throw notStored(`${services.join(", ")} of slot ${slot} cannot be made again`);
    await createMissing(scope, slot, previousRelease, options);
    await ports.slots.start(stack, slot, services, { ...options, goesOn: true });
    const wanted = slotServices(previousRelease.bundle.services).filter(({ name }) => services.includes(name));
    await ports.slots.waitReady({ stack, slot, services: wanted, recovers: true }, options);
  } catch (error) {
    signal.throwIfAborted();
    const message = `${services.join(", ")} in slot ${slot}, where users are, does not run: ${describe(error).message}`;
    const hint = "sluice logs shows why; the release that is being deployed replaces it";
    emit(scope, { type: "finding", finding: { severity: "warn", code: "previous-short", message, hint } });
  }
}
