import { createDeadline, type MachineMemory, tooLittleMemory } from "@sluice/core";
import type { StepAction } from "../action.ts";
import { settle } from "../deadline.ts";
import { describe } from "../report.ts";
import type { DeploymentScope } from "../scope.ts";
import { assertUnreached, removeSlot } from "./take-away.ts";
import { servicesIn } from "./workers.ts";

/** What becomes of the previous release. Why one that was to stay warm does not is left in the journal, see `cold-slot.ts`. */
export const retire: StepAction<"retire"> = {
  async run({ slot, keep, minFreeMemory }, scope, { signal, options, progress }) {
    const { stack, ports } = scope;
    if (keep === "removed") return removeSlot(scope, slot, options);
    const memory = keep === "warm" ? await readMemory(scope, signal, progress) : null;
    const short = tooLittleMemory(memory, minFreeMemory);
    if (keep === "warm" && !short) return undefined;
    await assertUnreached(scope, slot, signal);
    if (short) scope.run.previousIsCold = true;
    await ports.slots.stop(stack, slot, await servicesIn(scope, slot), options);
    if (!short) return undefined;
    progress(`slot ${slot} is stopped, not kept warm: ${short}`);
    return { cold: { slot, why: short } };
  },
};

/** Nobody waits long for it: the release is live. */
const askingMs = 10_000;

/** Any door tells, and one may just be gone. What cannot be read stops nothing. */
async function readMemory(
  { ports, doorIds }: DeploymentScope,
  signal: AbortSignal,
  progress: (text: string) => void,
): Promise<MachineMemory | null> {
  using deadline = createDeadline(ports.clock, askingMs);
  const either = AbortSignal.any([signal, deadline.signal]);
  const failures: unknown[] = [];
  for (const door of doorIds.values()) {
    try {
      return await settle(ports.clock, either, ports.observer.memory(door, either));
    } catch (error) {
      signal.throwIfAborted();
      failures.push(error);
    }
  }
  const [first] = failures;
  if (first) progress(`the memory of the engine's machine could not be read: ${describe(first).message}`);
  return null;
}
