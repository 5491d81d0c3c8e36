export interface AuditProblem {
  /** Of the record concerned, as far as it can be told. */
  readonly seq: number;
  /** 1-based; the line where it shows. */
  readonly line: number;
  readonly kind: "edited" | "removed" | "reordered" | "truncated";
  readonly message: string;
}
