import { SluiceError } from "../../errors/sluice-error.ts";
import type { ObservedStack } from "../../model/stack.ts";
import { shareAt } from "./complete-record.ts";
import type { RecoveryChoice, UnfinishedDeployment } from "./recovery.ts";

/** The release before an attempt does not run on the data as it is now: users are led back to it by a person alone. */
export interface FailingPrevious {
  /** Tag of the release before. */
  readonly previous: string;
  /** Tag of the release whose migration did it. */
  readonly since: string;
  /** What the rehearsal saw of it. */
  readonly why: string;
}

/**
 * The release that an undo would lead users to, where it is known to fail. What was condemned goes back all the same: that was
 * decided when it was.
 */
export function failingWayBack(unfinished: UnfinishedDeployment, observed: Doors): FailingPrevious | undefined {
  const { condemned, previousFails } = unfinished;
  return condemned === undefined && isReached(unfinished, observed) ? previousFails : undefined;
}

/** Why users are not led there, by a choice that does not say so. */
export function noWayBack(
  { deployment }: UnfinishedDeployment,
  failing: FailingPrevious,
  choice?: RecoveryChoice,
): SluiceError {
  if (choice === "go-back") return dataIncompatible(failing);
  return new SluiceError(
    "RECOVERY_REFUSED",
    `deployment ${deployment} is not undone unasked: ${failingText(failing)}`,
    {
      hint: failingHint(failing),
    },
  );
}

/** Why nobody goes back to a release that is known to fail. Its code is DATA_INCOMPATIBLE. */
export function dataIncompatible(failing: FailingPrevious): SluiceError {
  return new SluiceError("DATA_INCOMPATIBLE", failingText(failing), {
    hint: `put the data back first (sluice db migrate ${failing.since} --down, or sluice db restore), or go back all the same with --accept-incompatible`,
  });
}

export function failingText({ previous, since, why }: FailingPrevious): string {
  return `${previous} does not run on the schema that ${since} left: ${why}`;
}

export function failingHint({ previous }: FailingPrevious): string {
  return `sluice resume finishes it; sluice abort takes its users back to ${previous} all the same`;
}

/** Whether users reach the candidate through any door of its own. */
function isReached(unfinished: UnfinishedDeployment, { doors }: Doors): boolean {
  return unfinished.plan.steps.some(
    (step) =>
      step.kind === "shift" &&
      step.services.some((service) => {
        const door = doors[service];
        return door !== undefined && shareAt(unfinished, door) > 0;
      }),
  );
}

type Doors = Pick<ObservedStack, "doors">;
