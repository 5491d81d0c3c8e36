/** The result of one check. `no-data` is neither good nor bad, and never passes silently. */
export interface Verdict {
  readonly check: string;
  readonly result: "pass" | "fail" | "no-data";
  /** What was measured, with its unit: `503`, `1240 ms`, `unhealthy`. */
  readonly value: string;
  /** What would have been right: `status 200`, `<= 500 ms`. */
  readonly limit: string;
  /** Sample size. */
  readonly n: number;
  /** Probability of a result at least this bad if nothing were wrong, where a statistic was used. */
  readonly p?: number | undefined;
  readonly detail?: string | undefined;
  /** The measured numbers by slot, where a candidate was judged; `previous` is `null` where it had no users. */
  readonly measured?:
    | { readonly unit: "%" | "ms"; readonly candidate: number; readonly previous: number | null }
    | undefined;
  /** What a verdict without data counts as; without it, as `warn`. */
  readonly onNoData?: NoDataAction | undefined;
}

/** `fail` counts as a failed check; `warn` and `pass` go on, and `warn` shows why. */
export type NoDataAction = "fail" | "warn" | "pass";

/** Whether a verdict stops what is under way. */
export function stops({ result, onNoData }: Verdict): boolean {
  return result === "fail" || (result === "no-data" && onNoData === "fail");
}
