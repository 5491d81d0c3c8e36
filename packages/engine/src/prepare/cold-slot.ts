import {
  cutOffText,
  type Finding,
  type Journal,
  liveSlot,
  type ObservedStack,
  type ReleaseBundle,
  type Slot,
  slots,
} from "@sluice/core";
import { newestAttempts } from "../record/read-attempts.ts";

interface ColdSlot {
  readonly slot: Slot;
  readonly why: string;
}

/** The slot that the deployment which made live what serves now stopped for want of memory, and why; `null` where none was. */
async function coldSlotOf(journal: Journal): Promise<ColdSlot | null> {
  for await (const { end, outcomes } of newestAttempts(journal)) {
    if (end?.outcome !== "live") continue;
    const told = outcomes.findLast(({ result, data }) => result === "done" && data?.["cold"])?.data?.["cold"];
    const { slot, why } = (told ?? {}) as { readonly slot?: unknown; readonly why?: unknown };
    const found = slots.find((each) => each === slot);
    return found && typeof why === "string" ? { slot: found, why } : null;
  }
  return null;
}

/**
 * What was to stay warm and does not, for `sluice status`; `null` once it runs again, or is no more. The record is read
 * only where a slot is stopped.
 */
export async function coldFinding(observed: ObservedStack, journal: Journal): Promise<Finding | null> {
  const live = liveSlot(observed)?.slot;
  const stopped = slots.filter((slot) => slot !== live && isStopped(observed, slot));
  const cold = stopped.length > 0 ? await coldSlotOf(journal) : null;
  if (!cold || !stopped.includes(cold.slot)) return null;
  return {
    severity: "info",
    code: "not-warm",
    message: `slot ${cold.slot} was stopped instead of kept warm: ${cold.why}`,
    hint: "sluice rollback starts it first; rollout.minFreeMemory says how much must be available",
  };
}

/** That going back takes a start, and why. */
export async function coldRollback(
  { id, tag }: ReleaseBundle,
  observed: ObservedStack,
  journal: Journal,
): Promise<Finding> {
  const cold = await coldSlotOf(journal);
  const isOfIt = (slot: Slot) => observed.slots[slot].release === id;
  const cutOff = observed.cutOff.filter(({ slot }) => isOfIt(slot)).map(cutOffText);
  const stopped = cold && isOfIt(cold.slot) ? [`its slot was stopped: ${cold.why}`] : [];
  const [reason] = [...stopped, ...(cutOff.length > 0 ? [cutOff.join(", ")] : [])];
  const why = reason ? `, as ${reason}` : "";
  const message = `${tag} is not warm${why}; its containers are started and verified before users are led to them`;
  return { severity: "info", code: "cold-rollback", message };
}

function isStopped(observed: ObservedStack, slot: Slot): boolean {
  const { containers } = observed.slots[slot];
  return containers.length > 0 && containers.every(({ state }) => state !== "running");
}
