import type { PreparedTransaction, Session } from "./activity.ts";
import type { LeftServer } from "./left-sessions.ts";

/** Who holds the run lock of a database. */
export interface LockHolder {
  /** 0 where it is not known any more, `null` where it is no session of a server. */
  readonly pid: number | null;
  /** Of its session; that of a run of ours ends in its id. */
  readonly name: string;
  /** ISO 8601, UTC. */
  readonly since: string;
}

/** What a database is made of, as far as a migration can change it. */
export interface SchemaState {
  /** Of all definitions; equal only where nothing was created, changed or dropped. */
  readonly hash: string;
  /** What an index that was built concurrently and failed leaves behind. */
  readonly invalidIndexes: readonly string[];
}

/** Rows of a table. */
export interface TableRows {
  readonly name: string;
  readonly rows: number;
}

/**
 * One session in the server of a database that is being migrated. It holds the run lock: when it ends, whatever ends it,
 * the lock is free. Talked to in turns. After an error of one of its methods the session is lost, and the lock with it.
 */
export interface MigrationServer extends AsyncDisposable {
  /** Never waits: who waits for a lock holds up whoever builds an index concurrently. `null`: it is ours now. */
  tryLock(): Promise<LockHolder | null>;
  /** Every session that does something, in the database alone. */
  sessions(): Promise<readonly Session[]>;
  prepared(): Promise<readonly PreparedTransaction[]>;
  schema(): Promise<SchemaState>;
  /** Exact. */
  countRows(): Promise<readonly TableRows[]>;
  /** `cancel` ends the statement of a session, `terminate` the session. One that is gone already is no error. */
  end(sessions: readonly Pick<Session, "pid" | "started">[], how: "cancel" | "terminate"): Promise<void>;
  /** Ends sessions of migrations by their name, idle ones too; resolves with how many. @param run default: of all runs */
  endMigrations(run?: string): Promise<number>;
  /** What is at work in the whole server although its client is gone. @param addresses that migrations of ours came from */
  left(addresses: ReadonlySet<string>): LeftServer;
}
