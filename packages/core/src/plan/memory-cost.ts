import type { Finding } from "../model/finding.ts";
import type { MachineMemory } from "../model/machine-memory.ts";
import type { DeploymentPlan, PlanStep, RetireStep } from "./step.ts";
import { tooLittleMemory } from "./warmth.ts";

interface PlannedSteps extends Pick<DeploymentPlan, "previous"> {
  readonly steps: readonly ({ readonly kind: PlanStep["kind"]; readonly creates?: boolean | undefined } & Partial<
    Pick<RetireStep, "keep" | "minFreeMemory">
  >)[];
}

export interface MemoryUse {
  /** Bytes that the release uses which serves; 0 where nothing serves, or it is not known. */
  readonly liveBytes: number;
  /** Of the engine's machine now; `null` where it is not known. */
  readonly machine: MachineMemory | null;
}

/** What it takes of the machine that two versions run beside each other, and for how long. Pure. */
export function memoryCost({ steps, previous }: PlannedSteps, { liveBytes, machine }: MemoryUse): readonly Finding[] {
  // Containers of a slot are made in a step of their own, or while its first job runs.
  const isBeside = previous !== null && steps.some(({ kind, creates }) => kind === "create" || creates);
  if (!isBeside || liveBytes === 0) return [];
  const retire = steps.find(({ kind }) => kind === "retire");
  const retires = retire !== undefined && retire.keep !== "warm";
  const howLong = retires ? "until the version before is retired" : "for as long as the version before stays warm";
  const message = `two versions run ${howLong}: about ${mebibytes(liveBytes)} MiB of memory more, as one uses now`;
  const hint = "rollout.keep: stopped frees it after the bake";
  const cost: Finding = { severity: "info", code: "two-versions", message, ...(retires ? {} : { hint }) };
  if (retire?.keep !== "warm" || !machine) return [cost];
  const beside = { ...machine, availableBytes: Math.max(0, machine.availableBytes - liveBytes) };
  return tooLittleMemory(beside, retire.minFreeMemory) ? [cost, willBeCold(machine)] : [cost];
}

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
