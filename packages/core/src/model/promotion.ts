import type { ComposeModel } from "./compose.ts";
import type { ReleaseBundle } from "./release.ts";

/** A release that has proven itself in another stack. */
export interface ProvenRelease {
  readonly stack: string;
  readonly bundle: ReleaseBundle;
  /** Secret, as every model is. */
  readonly model: ComposeModel;
}

/** An image that is on the engine already, or in a registry. */
export interface TakenImage {
  readonly id: string;
  /** Where it is fetched from when the engine lacks it. */
  readonly digest?: string | undefined;
}
