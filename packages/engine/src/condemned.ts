import type { AttemptRecord } from "./journal-entries.ts";

/** Errors that say something of the release itself, not of the machine it was tried on; a person's no is one. */
export const verdictCodes: ReadonlySet<string> = new Set([
  "CHECK_FAILED",
  "ANALYSIS_FAILED",
  "NOT_READY",
  "START_FAILED",
  "ABORTED",
]);

/**
 * Why an attempt was to be taken back, by its record: a person's abort, or a verdict that was not left to a person.
 * `undefined` where nobody and nothing said so, or where what failed was done since.
 */
export function condemnedBy({ outcomes, orders }: Pick<AttemptRecord, "outcomes" | "orders">): string | undefined {
  const abort = orders.findLast(({ order }) => order === "abort");
  if (abort) return `aborted by ${abort.actor}${abort.reason ? `: ${abort.reason}` : ""}`;
  const left = new Set(orders.flatMap(({ byVerdict, step }) => (byVerdict ? [step] : [])));
  const failed = outcomes.findLast(
    ({ step, result, error, interrupted, seq }) =>
      result === "failed" &&
      !interrupted &&
      verdictCodes.has(error?.code ?? "") &&
      !left.has(step) &&
      !outcomes.some((later) => later.step === step && later.result === "done" && later.seq > seq),
  );
  return failed && `${failed.step} failed: ${failed.error?.message ?? ""}`;
}
