import type { DeploymentKind, PlanStep } from "@sluice/core";
import { givenOrders, isToAbort, type Pause, restoreControl } from "../control/control-state.ts";
import type { AttemptRecord } from "./journal-entries.ts";

/** A deployment that runs now, by its record. */
export interface UnderWay {
  readonly deployment: string;
  readonly kind: DeploymentKind;
  readonly tag: string;
  /** ISO 8601. */
  readonly since: string;
  /** The step that has begun last and has no outcome yet; `null` between two. */
  readonly step: Pick<PlanStep, "id" | "kind" | "target"> | null;
  /** `null` while it goes on by itself. */
  readonly paused: Pause | null;
  /** The step waits for `sluice traffic approve`. */
  readonly waitsForApproval: boolean;
  /** Somebody has said `sluice traffic abort`, and nobody has it finished since. */
  readonly isAborted: boolean;
}

/** What the record says of the last attempt as long as it has no end. Whether a process is at it, the lock tells. */
export function underWayOf(attempt: AttemptRecord | null): UnderWay | null {
  if (!attempt || attempt.end) return null;
  const { start, orders } = attempt;
  const given = givenOrders(orders);
  const { pause, approved } = restoreControl(given);
  const isAborted = isToAbort(given);
  const step = runningStep(attempt);
  return {
    deployment: start.deployment,
    kind: start.kind,
    tag: start.tag,
    since: start.at,
    step: step && { id: step.id, kind: step.kind, target: step.target },
    paused: isAborted ? null : pause,
    waitsForApproval: step?.kind === "approval" && !approved.includes(step.id) && !isAborted,
    isAborted,
  };
}

function runningStep({ start, running }: AttemptRecord): PlanStep | null {
  return start.plan.steps.find(({ id }) => id === running) ?? null;
}
