/** What the candidate's users got in the last minute. */
interface Counts {
  readonly requests: number;
  readonly errors: number;
}

/** Percent of errors in a minute that a fixed threshold tolerates (Flagger: `request-success-rate`, `min: 99`). */
const tolerated = 1;

/**
 * The rule of a fixed threshold, as Flagger's built-in metric has it: once a minute, the errors of the last minute against
 * a fixed rate, without a look at the version before. Here the first check that fails rolls back; a minute without requests
 * is passed over, where Flagger counts it as failed.
 */
export function failsFixedRule({ requests, errors }: Counts): boolean {
  return requests > 0 && (errors / requests) * 100 > tolerated;
}
