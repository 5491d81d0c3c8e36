import { type CutShortJob, type Finding, jobCutShort, lookAtTable } from "@sluice/core";
import type { CutShort } from "@sluice/database";

/**
 * Runs a job, and says what it has left where the signal ends it in the middle.
 *
 * @param run is to call `started` once the job is at work, and `seen` where somebody could look afterwards
 */
export async function tellCutShort<T>(
  job: CutShortJob,
  signal: AbortSignal,
  tell: (finding: Finding) => void,
  run: (heard: { readonly started: () => void; readonly seen: (left: CutShort) => void }) => Promise<T>,
): Promise<T> {
  let hasStarted = false;
  let seen: CutShort | null = null;
  const heard = { started: () => void (hasStarted = true), seen: (left: CutShort) => void (seen = left) };
  try {
    return await run(heard);
  } catch (error) {
    if (signal.aborted && hasStarted) tell(jobCutShort(job, seen ?? { hint: `${lookAtTable} before it runs again` }));
    throw error;
  }
}
