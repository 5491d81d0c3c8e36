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

export interface RehearsalOutcome {
  readonly verdict: "pass" | "warn" | "block";
  /** Whether the previous release runs on the migrated schema, and why that is said. */
  readonly previous: { readonly result: "pass" | "fail" | "not-tested"; readonly why: string };
  /** What was found, the gravest first. */
  readonly findings: readonly {
    readonly code: string;
    readonly severity: "note" | "warn" | "block";
    readonly message: string;
    readonly hint?: string | undefined;
  }[];
  /** Id of the backup that the copy was made of. */
  readonly backup: string;
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
