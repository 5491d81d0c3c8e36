import { keepEnd } from "@sluice/core";

/** How one attempt of a check went. `inconclusive` says that the check could not be made at all. */
export interface Attempt {
  readonly result: "pass" | "fail" | "inconclusive";
  readonly value: string;
  readonly detail?: string | undefined;
  /** In place of the check's own, where one of several was not kept. */
  readonly limit?: string | undefined;
  /** Sample size, where it is not the number of attempts. */
  readonly n?: number | undefined;
  readonly p?: number | undefined;
}

/** An attempt with everything that it tells masked. */
export function maskedAttempt(attempt: Attempt, redact: (text: string) => string): Attempt {
  const { value, limit, detail } = attempt;
  return {
    ...attempt,
    value: redact(value),
    limit: limit === undefined ? undefined : redact(limit),
    detail: detail === undefined ? undefined : redact(detail),
  };
}

/** The end of what a process wrote, for people. */
export function shownText(text: string): string | undefined {
  return keepEnd(text.trim(), 1_000) || undefined;
}
