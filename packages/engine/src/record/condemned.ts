import type { AttemptRecord } from "./journal-entries.ts";

/** Errors that say something of the release itself, not of the machine it was tried on; a person's no is one. */
export const verdictCodes: ReadonlySet<string> = new Set([
  "CHECK_FAILED",
  "ANALYSIS_FAILED",
  "NOT_READY",
  "START_FAILED",
  "ABORTED",
]);

/** Whether an error of this code has its deployment taken back for good: a verdict, or a person who was asked and did not come. */
export function condemns(code: string): boolean {
  return verdictCodes.has(code) || code === "NOT_APPROVED";
}

/** Why an attempt was to be taken back. */
export interface Condemnation {
  readonly why: string;
  /** It says something of the release itself: that one is broken, and not only this attempt at an end. */
  readonly ofRelease: boolean;
}

/**
 * Why an attempt was to be taken back, by its record: a person's abort, or what `condemns` and was not left to a person.
 * `undefined` where nobody and nothing said so, where what failed was done since, or where a person has it finished since.
 */
export function condemnedBy({
  outcomes,
  orders,
}: Pick<AttemptRecord, "outcomes" | "orders">): Condemnation | undefined {
  const since = orders.findLast(({ takesBack }) => takesBack)?.seq ?? -1;
  const abort = orders.findLast(({ order, seq }) => order === "abort" && seq > since);
  if (abort) {
    return { why: `aborted by ${abort.actor}${abort.reason ? `: ${abort.reason}` : ""}`, ofRelease: true };
  }
  const failed = outcomes.findLast(
    ({ step, result, error, interrupted, seq }) =>
      seq > since &&
      result === "failed" &&
      !interrupted &&
      condemns(error?.code ?? "") &&
      // A verdict that was left to a person pauses the step after it has failed.
      !orders.some((order) => order.byVerdict && order.step === step && order.seq > seq) &&
      !outcomes.some((later) => later.step === step && later.result === "done" && later.seq > seq),
  );
  return (
    failed && {
      why: `${failed.step} failed: ${failed.error?.message ?? ""}`,
      ofRelease: verdictCodes.has(failed.error?.code ?? ""),
    }
  );
}
