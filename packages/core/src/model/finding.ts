import type { SourcePosition } from "../errors/sluice-error.ts";
import type { FindingCode, StateFindingCode } from "./finding-codes.ts";

/** Something a person should know. An `error` of a plan refuses before any change, one of a status is felt by users; `warn` and `info` are neither. */
export interface Finding<Code extends FindingCode = FindingCode> {
  readonly severity: "error" | "warn" | "info";
  readonly code: Code;
  readonly message: string;
  /** The next thing to do, as a sentence or a command. */
  readonly hint?: string | undefined;
  readonly service?: string | undefined;
  readonly position?: SourcePosition | undefined;
  /** Why users of the service get nothing at all now: nothing of it runs, or nobody comes through to what does. */
  readonly unserved?: "down" | "unreached" | undefined;
}

/** Of a stack and its state home as they are now. */
export type StateFinding = Finding<StateFindingCode>;
