import { type ErrorCode, errorExitCodes } from "./codes.ts";

/** Matches across copies of the package and across realms, where `instanceof` does not. */
const marker = Symbol.for("sluice.error");

export interface SourcePosition {
  readonly file: string;
  /** 1-based. */
  readonly line?: number | undefined;
  /** 1-based. */
  readonly column?: number | undefined;
}

export interface ErrorDetails {
  /** What to do next, as a sentence or a command to type. */
  readonly hint?: string | undefined;
  /** Longer evidence, such as the last log lines of the container that failed; already redacted. */
  readonly detail?: string | undefined;
  readonly position?: SourcePosition | undefined;
  /** True where the same call may succeed later without a change by a person. Set by the adapter that knows. */
  readonly retryable?: boolean | undefined;
  /** True where nobody knows whether what was asked for was done, or is being done yet. */
  readonly undecided?: boolean | undefined;
  readonly cause?: unknown;
}

/** The one error of Sluice: a stable code, what happened (in the message), what to do next (in the hint). */
export class SluiceError extends Error {
  readonly [marker] = true;
  override readonly name = "SluiceError";
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  readonly detail: string | undefined;
  readonly position: SourcePosition | undefined;
  readonly retryable: boolean;
  readonly undecided: boolean;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.hint = details.hint;
    this.detail = details.detail;
    this.position = details.position;
    this.retryable = details.retryable ?? false;
    this.undecided = details.undecided ?? false;
  }

  get exitCode(): number {
    return errorExitCodes[this.code];
  }

  toJSON(): Record<string, unknown> {
    const { code, message, hint, detail, position } = this;
    return { code, message, hint, detail, position };
  }
}

/** Tells a `SluiceError` of any copy of this package from other values. */
export function isSluiceError(error: unknown): error is SluiceError {
  return typeof error === "object" && error !== null && marker in error;
}

/** `file:line:column: ` or as much of it as is known; empty without a position. */
export function formatPosition(position: SourcePosition | undefined): string {
  if (!position) return "";
  const parts = [position.file, position.line, position.column].filter((part) => part !== undefined);
  return `${parts.join(":")}: `;
}
