import { handRunFindings, type ObservedStack, type StateFinding } from "@sluice/core";
import { type EnginePorts, lastLiveAt } from "@sluice/engine";

/** Jobs that somebody has run by plain Compose since a version was live last. The record is read where there is one. */
export async function findHandRun(
  observed: Pick<ObservedStack, "jobs">,
  journal: EnginePorts["journal"],
): Promise<readonly StateFinding[]> {
  return observed.jobs?.length ? handRunFindings(observed, await lastLiveAt(journal)) : [];
}
