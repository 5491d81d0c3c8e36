import type { StoredRelease } from "./bundle-store.ts";

export interface MigrationRequest {
  /** The service of the database. */
  readonly database: string;
  /** Id of the deployment: names the run, and its sessions in the server. */
  readonly run: string;
  readonly jobs: readonly string[];
  /** Whose jobs they are. */
  readonly release: StoredRelease;
  /** A rehearsal saw the release that serves run on what this migration makes. Default: nobody saw it. */
  readonly previousRunsOnIt?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
  /** What is going on, for people. */
  readonly onProgress?: ((text: string) => void) | undefined;
}

/** One attempt to run a job, which ends when the signal aborts. */
export interface JobAttempt {
  readonly signal: AbortSignal;
  /** Addresses of the job's container in its networks, and the names that the engine has for them. */
  readonly onStarted: (addresses: readonly string[]) => void;
}

/** Runs whatever changes a database so that it holds nobody up for long, and alone. */
export interface MigrationRunner {
  /** What the environment of a job must hold beside what is written there; known before its container is made. */
  environment(
    request: Pick<MigrationRequest, "database" | "run">,
    written: Readonly<Record<string, string | null>>,
  ): Promise<Readonly<Record<string, string>>>;
  /**
   * Runs a job, once more where it only met a lock, the schema is what it was, and a run is all or nothing or the configuration asks
   * for it. Resolves with what the record is to keep.
   * @throws SluiceError LOCK_HELD, PREFLIGHT_FAILED, MIGRATION_FAILED, DATABASE_UNREACHABLE, and what the job fails with
   */
  run(
    request: MigrationRequest,
    job: (attempt: JobAttempt) => Promise<void>,
  ): Promise<Readonly<Record<string, unknown>>>;
}
