/** How carefully a migration is run. Times are in milliseconds. */
export interface MigrationSettings {
  /** A statement of the migration waits this long for a lock. */
  readonly lockTimeoutMs: number;
  readonly statementTimeoutMs: number;
  /** A session of the application waits this long behind the migration before the migration gives up. */
  readonly queueTimeoutMs: number;
  /**
   * `concurrent` is for migrations that build indexes concurrently: these wait for every older transaction, hold up
   * nobody meanwhile, and leave an invalid index where a timeout ends them. No lock timeout is set for them.
   */
  readonly profile: "ordinary" | "concurrent";
  /** A transaction that is older than this before the migration starts is named, or refuses it. */
  readonly longTransactionMs: number;
  readonly onLongTransaction: "warn" | "refuse" | "ignore";
  /** The first one included. A later one repeats what the tool has committed of rows: more than one is for runs that are all or nothing. */
  readonly attempts: number;
  /** For another migration of the same database to end. */
  readonly waitMs: number;
  /** Timeouts go into the job's environment; without, they are kept by watching alone. */
  readonly inject: boolean;
}
