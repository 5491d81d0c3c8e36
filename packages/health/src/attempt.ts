/** How one attempt of a check went. `inconclusive` says that the check could not be made at all. */
export interface Attempt {
  readonly result: "pass" | "fail" | "inconclusive";
  readonly value: string;
  readonly detail?: string | undefined;
}
