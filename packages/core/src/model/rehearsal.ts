import type { RehearsalCode } from "./finding-codes.ts";

/** What came of a rehearsal, as data of bounded size that events and the journal carry. Holds no row and no literal of a statement. */
export interface RehearsalOutcome {
  readonly verdict: "pass" | "warn" | "block";
  /** Whether the previous release runs on the migrated schema, and why that is said. */
  readonly previous: { readonly result: "pass" | "fail" | "not-tested"; readonly why: string };
  /** What was found, the gravest first. */
  readonly findings: readonly {
    readonly code: RehearsalCode;
    readonly severity: "note" | "warn" | "block";
    readonly message: string;
    readonly hint?: string | undefined;
  }[];
  /** Id of the backup that the copy was made of. */
  readonly backup: string;
  /** Of that backup. Records of older versions have none. */
  readonly copy?:
    | {
        /** ISO 8601, UTC. */
        readonly at: string;
        /** How old it was, milliseconds. */
        readonly ageMs: number;
        /** Tag of the release that served when it was taken, or its id where that is not stored; `null` where none is known. */
        readonly release: string | null;
      }
    | undefined;
  readonly seen: RehearsalSeen;
}

/** What the migration did to the copy. */
export interface RehearsalSeen {
  /** Milliseconds. */
  readonly migrationMs: number;
  /** Those that took longest first. */
  readonly statements: readonly {
    readonly sql: string;
    readonly ms: number;
    readonly calls: number;
    readonly rows: number;
    /** How the server changed a table, where it tells. */
    readonly how?: string | undefined;
  }[];
  readonly locks: readonly {
    readonly table: string;
    readonly blocks: string;
    readonly heldMs: number;
    /** Statement. */
    readonly by: string;
  }[];
  /** Tables of which every row was written anew. */
  readonly rewrites: readonly {
    readonly table: string;
    readonly bytes: number;
    readonly rows: number;
    readonly reason: string;
  }[];
  /** Tables whose rows are others than they were; `rowsAfter` is `null` where the table is gone. */
  readonly tables: readonly {
    readonly table: string;
    readonly rowsBefore: number;
    readonly rowsAfter: number | null;
    readonly inserted: number;
    readonly updated: number;
    readonly deleted: number;
  }[];
  /** For people. */
  readonly notTested: readonly string[];
  /** Entries of all these, and findings, that were left out. */
  readonly leftOut: number;
}
