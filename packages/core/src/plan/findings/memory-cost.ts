import type { Finding } from "../../model/finding.ts";
import type { MachineMemory } from "../../model/machine-memory.ts";
import type { ObservedStack } from "../../model/stack.ts";
import { tooLittleMemory } from "../live/warmth.ts";
import type { DeploymentPlan } from "../steps/step.ts";

type PlannedSteps = Pick<DeploymentPlan, "previous" | "steps">;

export interface MemoryUse {
  /** Bytes that the release uses which serves; 0 where nothing serves, or it is not known. */
  readonly liveBytes: number;
  /** Of the engine's machine now; `null` where it is not known. */
  readonly machine: MachineMemory | null;
}

/** What it takes of the machine that two versions run beside each other, and for how long. Pure. */
export function memoryCost(
  plan: PlannedSteps,
  { slots }: Pick<ObservedStack, "slots">,
  { liveBytes, machine }: MemoryUse,
): readonly Finding[] {
  const { steps, previous } = plan;
  // Containers of a slot are made in a step of their own, or while its first job runs.
  const isBeside =
    previous !== null && steps.some((step) => step.kind === "create" || (step.kind === "job" && step.creates));
  if (!isBeside || liveBytes === 0) return [];
  const leaving = leavingSlots(plan);
  if (slots[previous].containers.every(({ service }) => leaving.has(service))) return [neverWarm];
  const retire = steps.find((step) => step.kind === "retire");
  const retires = retire !== undefined && retire.keep !== "warm";
  const howLong = retires ? "until the version before is retired" : "for as long as the version before stays warm";
  const message = `two versions run ${howLong}: about ${mebibytes(liveBytes)} MiB of memory more, as one uses now`;
  const hint = "rollout.keep: stopped frees it after the bake";
  const cost: Finding = { severity: "info", code: "two-versions", message, ...(retires ? {} : { hint }) };
  if (retire?.keep !== "warm" || !machine) return [cost];
  const beside = { ...machine, availableBytes: Math.max(0, machine.availableBytes - liveBytes) };
  return tooLittleMemory(beside, retire.minFreeMemory) ? [cost, willBeCold(machine)] : [cost];
}

/** Services that stop in the slot of the previous while the candidate takes over. */
function leavingSlots({ steps }: PlannedSteps): ReadonlySet<string> {
  return new Set(
    steps.flatMap((step) => {
      if (step.kind === "workers") return step.stops ?? [];
      return step.kind === "close" && step.leaves ? [step.service] : [];
    }),
  );
}

const neverWarm: Finding = {
  severity: "info",
  code: "not-warm",
  message: "nothing of the version before goes on running in its slot beside the new one",
  hint: "a rollback will start it first",
};

function willBeCold({ availableBytes }: MachineMemory): Finding {
  return {
    severity: "warn",
    code: "not-warm",
    message: `${Math.floor(availableBytes / 1_048_576)} MiB of memory are available now: beside the new version too little for the version before to stay warm, which is stopped after the bake`,
    hint: "a rollback will start it first; rollout.minFreeMemory says how much must be available",
  };
}

function mebibytes(bytes: number): number {
  return Math.ceil(bytes / 1_048_576);
}
