import type { RehearsalOutcome } from "../model/rehearsal.ts";
import type { StoredRelease } from "./bundle-store.ts";

export interface RehearsalCall {
  readonly candidate: StoredRelease;
  /** The release that serves and that one may have to go back to; `null` where there is none. */
  readonly previous: StoredRelease | null;
  /** What only the previous release minds is agreed to. */
  readonly acceptIncompatible: boolean;
  readonly signal?: AbortSignal | undefined;
  /** What is being done, for people. */
  readonly onProgress?: ((text: string) => void) | undefined;
}

/** Rehearsals as a deployment needs them. */
export interface MigrationRehearser {
  /**
   * Runs the candidate's migration on a copy of the database, and the previous release after it. Changes nothing of
   * production. A migration that must not run is an outcome.
   *
   * @throws SluiceError where nothing could be tried
   */
  rehearse(service: string, call: RehearsalCall): Promise<RehearsalOutcome>;
}
