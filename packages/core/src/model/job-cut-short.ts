import type { Finding } from "./finding.ts";

export interface CutShortJob {
  /** The service that it is. */
  readonly job: string;
  /** Tag of its release. */
  readonly tag: string;
  /** The service of the database. */
  readonly database: string;
}

/** What to do first: tools of migrations say in the database what they have done of it. */
export const lookAtTable = "look at the tool's own table of what it has finished";

/** What is left by one that nobody has looked after. */
export function mayHaveLeft(database: string): string {
  return `what it had changed of ${database} by then may be there still`;
}

/** That a migration was ended in the middle, and what of it may be there still. Pure. */
export function jobCutShort(
  { job, tag, database }: CutShortJob,
  { left = mayHaveLeft(database), hint }: { readonly left?: string | undefined; readonly hint: string },
): Finding {
  return {
    severity: "warn",
    code: "job-cut-short",
    message: `job ${job} of ${tag} was stopped before it had ended: ${left}`,
    hint,
    service: job,
  };
}
