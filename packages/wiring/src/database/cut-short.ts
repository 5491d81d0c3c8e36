import type { Finding } from "@sluice/core";
import type { CutShort } from "@sluice/database";

export interface CutShortJob {
  /** The service of the database. */
  readonly database: string;
  readonly job: string;
  /** Tag of its release. */
  readonly tag: string;
  /** What was seen of what it left; `null` where nobody could look. */
  readonly seen: CutShort | null;
}

/** That a migration was ended in the middle, and what of it may be there still. Pure. */
export function cutShortFinding({ database, job, tag, seen }: CutShortJob): Finding {
  const left = seen?.left ?? `what it had changed of ${database} by then may be there still`;
  return {
    severity: "warn",
    code: "job-cut-short",
    message: `job ${job} of ${tag} was stopped before it had ended: ${left}`,
    hint: seen?.hint ?? "look at the tool's own table of what it has finished before it runs again",
    service: job,
  };
}

/**
 * Runs a job, and says what it has left where the signal ends it in the middle.
 *
 * @param run is to call `started` once the job is at work, and `seen` where somebody could look afterwards
 */
export async function tellCutShort<T>(
  job: Omit<CutShortJob, "seen">,
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
    if (signal.aborted && hasStarted) tell(cutShortFinding({ ...job, seen }));
    throw error;
  }
}
