import type { RehearsalCode, Verdict } from "@sluice/core";
import type { Lint } from "../lint/linter.ts";
import type { HeldLock } from "./held-locks.ts";

export type { HeldLock } from "./held-locks.ts";

import type { SchemaChange } from "./schema-changes.ts";

/** A statement as the server counted it: constants may be written as `$1`. */
export interface StatementRun {
  readonly sql: string;
  readonly ms: number;
  readonly calls: number;
  /** The longest of its calls, where the server tells; of one call it is `ms`. */
  readonly longestMs?: number | undefined;
  readonly rows: number;
  /** How the server changed a table, where it tells: `COPY`, `INPLACE`, `INSTANT`. */
  readonly how?: string | undefined;
}

export interface Rewrite {
  readonly table: string;
  readonly bytes: number;
  readonly rows: number;
  readonly reason: string;
  /** What the kept columns hold, as text, is not what they held; `null` where that was not looked at. */
  readonly valuesChanged: boolean | null;
  /** The application can read and write it meanwhile. Default false. */
  readonly online?: boolean | undefined;
}

export interface TableDiff {
  readonly table: string;
  readonly rowsBefore: number;
  /** `null` when the table is gone. */
  readonly rowsAfter: number | null;
  readonly bytesBefore: number;
  readonly bytesAfter: number | null;
  readonly inserted: number;
  readonly updated: number;
  readonly deleted: number;
  /**
   * Rows that hold something else in the columns that were there before, or had to make room for others; those that are
   * only lost do not count. `null` where nobody looked: the table is gone, or too large.
   */
  readonly changed: number | null;
}

export interface Transaction {
  readonly ms: number;
  /** `application_name`, or what is known in its place. */
  readonly application: string;
}

/** What a server saw of a migration. */
export interface Observations {
  readonly statements: readonly StatementRun[];
  readonly locks: readonly HeldLock[];
  readonly rewrites: readonly Rewrite[];
  readonly changes: readonly SchemaChange[];
  /** Names of tables that were not there before. */
  readonly newTables: readonly string[];
  readonly tables: readonly TableDiff[];
  readonly invalidIndexes: readonly string[];
  /** Constraints that new rows are held to and old ones are not. */
  readonly notValidated: readonly string[];
  /** Indexes that were made without blocking writes. */
  readonly concurrentIndexes: readonly string[];
  /** Constraints and columns whose check read a whole table under a lock that blocks: `public.orders orders_total_check`. */
  readonly scans: readonly TableScan[];
  /** What the database itself finds wrong with its content now, and did not before; for people. */
  readonly faults?: readonly string[] | undefined;
  /** What the server did not tell, for people. */
  readonly notSeen?: readonly string[] | undefined;
}

/** A table that was read to its end while the application could not write, or not even read, it. */
export interface TableScan {
  readonly table: string;
  readonly kind: "not-null" | "check" | "foreign-key" | "index";
  /** The column, constraint or index that it was for. */
  readonly of: string;
  readonly bytes: number;
}

export interface MigrationRun {
  /** Jobs of the release, or its own start. */
  readonly how: "job" | "start" | "none";
  readonly services: readonly string[];
  readonly ms: number;
  readonly error: { readonly code: string; readonly message: string; readonly detail?: string | undefined } | null;
}

/** How the migration was taken back on the copy, after all else. */
export interface DownRun {
  readonly ms: number;
  readonly error: MigrationRun["error"];
  /** How the copy then differed from what it was before the migration, for people. */
  readonly left: readonly string[];
}

/** Whether the previous release runs on the migrated schema: whether a rollback of images is safe. */
export interface Compatibility {
  /** Tag of the previous release; `null` where there is none, and nothing to go back to. */
  readonly release: string | null;
  readonly result: "pass" | "fail" | "not-tested";
  readonly why: string;
  readonly verdicts: readonly Verdict[];
}

export type Severity = "note" | "warn" | "block";

export interface RehearsalFinding {
  readonly code: RehearsalCode;
  readonly severity: Severity;
  /** Table that it is about; `null` for none or several. */
  readonly table: string | null;
  readonly message: string;
  /** What would be better. */
  readonly hint?: string | undefined;
}

export interface Rehearsed {
  readonly migration: MigrationRun;
  readonly observations: Observations;
  /** Longest transaction that ran on the live database; `null` when there was none. */
  readonly liveLongest: Transaction | null;
  readonly compatibility: Compatibility;
  /** `null` where no command is known that takes it back, or it was not reached. */
  readonly down: DownRun | null;
  /** Of the SQL that was sent; absent or `null` where nobody was asked. */
  readonly lint?: Lint | null | undefined;
}

/** How long the application would wait for a table: its lock, and before it what runs and must end first. */
export interface PredictedWait {
  readonly table: string;
  readonly blocks: HeldLock["blocks"];
  readonly heldMs: number;
  readonly queueMs: number;
}

/** Data, version 1: all that a rehearsal found. Holds SQL of the migration; no row. */
export interface RehearsalReport extends Rehearsed {
  readonly v: 1;
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly service: string;
  readonly server: string;
  readonly release: string;
  readonly backup: {
    readonly id: string;
    readonly at: string;
    readonly level: string;
    /** Of the release that served when it was taken: its id, or what a caller knows it by; `null` where none was live. */
    readonly release: string | null;
  };
  /** Milliseconds of the parts: making the copy, a second one, all. */
  readonly times: { readonly restoreMs: number; readonly cloneMs: number; readonly totalMs: number };
  readonly predicted: readonly PredictedWait[];
  readonly findings: readonly RehearsalFinding[];
  readonly verdict: "pass" | "warn" | "block";
  readonly notTested: readonly string[];
}
