import type { SourcePosition } from "../errors/sluice-error.ts";

/** Something a person should know: `error` refuses before any change, `warn` and `info` do not. */
export interface Finding {
  readonly severity: "error" | "warn" | "info";
  /** Stable, kebab-case: `variable-not-set`, `no-health-check`, `second-worker`, … */
  readonly code: string;
  readonly message: string;
  /** The next thing to do, as a sentence or a command. */
  readonly hint?: string | undefined;
  readonly service?: string | undefined;
  readonly position?: SourcePosition | undefined;
}
