import type { Finding } from "@sluice/core";
import type { Fingerprint } from "./model/fingerprint.ts";
import type { DatabaseFacts, Manifest } from "./model/manifest.ts";
import type { Observations, Transaction } from "./rehearsal/report.ts";

export interface DriverCall {
  /** Of the backup that it is about: names sessions, and databases beside the live one. */
  readonly backup: string;
  readonly signal?: AbortSignal | undefined;
  /** Of a swap and of its undo: what went otherwise than promised, and was done all the same. */
  readonly onFinding?: ((finding: Finding) => void) | undefined;
}

export interface RestoreCall extends DriverCall {
  /** Reads what `globals` wrote for the backup; `null` where it has none. */
  readonly globals?: (() => Promise<string | null>) | undefined;
}

export interface LiveDatabase {
  readonly server: Manifest["server"];
  readonly database: DatabaseFacts;
  /** On the server's disk, indexes included. MariaDB and MySQL estimate it. */
  readonly sizeBytes: number;
}

/** A dump of one moment, and what the database held then. Disposing ends both. */
export interface RunningDump extends AsyncDisposable {
  /** What was found just before that moment. */
  readonly live: LiveDatabase;
  /**
   * Compressed. Throws at its end unless every process of it exited with 0. Must be read. A chunk may hold its bytes only
   * until the next one is asked for.
   */
  readonly bytes: AsyncIterable<Uint8Array>;
  rawBytes(): number | null;
  /** Of the moment that the dump is of; `null` where that moment cannot be looked at. May be asked for while it runs. */
  fingerprint(): Promise<Fingerprint | null>;
  /** Why there is no fingerprint. */
  readonly notComparable?: string | null | undefined;
  /** What is or may be in the database and is not in the dump; for people. */
  readonly unseen?: readonly string[] | undefined;
}

/** Uncompressed, as the database's own tools read it. */
export interface RestoreSource {
  readonly dump: AsyncIterable<Uint8Array>;
  readonly globals: string | null;
}

/** A throw-away server; gone with all it holds when disposed. */
export interface ScratchDatabase extends AsyncDisposable {
  readonly server: Manifest["server"];
  restore(source: RestoreSource): Promise<void>;
  /** Of what was restored, what could not be tried on this server; for people. */
  readonly notTested?: readonly string[] | undefined;
  /** Made in the same way as `like`, so that the two can be compared. */
  fingerprint(like: Fingerprint): Promise<Fingerprint>;
}

/** A throw-away server that stands for the live one while a migration is tried; gone with all it holds when disposed. */
export interface RehearsalCopy extends AsyncDisposable {
  readonly container: string;
  readonly server: Manifest["server"];
  /** What cannot be seen on this server. */
  readonly notSeen: readonly string[];
  restore(source: RestoreSource): Promise<void>;
  /**
   * Makes the database that the application asks for, by its name and without a password, from what was restored; what
   * an earlier rehearsal made of it is gone.
   */
  clone(): Promise<void>;
  /** From now on everything that happens to the clone is seen. */
  observe(): Promise<RehearsalWatch>;
}

export interface RehearsalWatch {
  /** What happened since; nothing works in the clone any more. Once. */
  finish(): Promise<Observations>;
  /**
   * After `finish`: the SQL that changed the schema and all that was sent together with it, each transaction a text, in
   * order. Absent where the server does not tell.
   */
  sent?(): readonly string[];
  /** How the clone differs now from what it was at first, for people; after `finish`, and whatever happened since. */
  difference(): Promise<readonly string[]>;
}

/** For people. */
export interface LeftBehind {
  readonly what: string;
  /** What it means for who uses it. */
  readonly why: string;
  /** What to type. */
  readonly mend: string;
}

/** A database beside the live one, in the same server. */
export interface FreshDatabase {
  readonly name: string;
  fingerprint(like: Fingerprint): Promise<Fingerprint>;
  drop(): Promise<void>;
  /**
   * Takes the live one's place; sessions of both end. Resolves with what the live one is called now.
   *
   * @param onAway called when the live one goes out of reach, where that is not at once
   */
  swap(onAway?: () => void): Promise<string>;
}

/**
 * A kind of database, reached inside its container by its own tools. All errors are `SluiceError`s: DATABASE_UNREACHABLE,
 * BACKUP_FAILED, RESTORE_FAILED and the BACKUP_ codes that say what is wrong with a backup.
 */
export interface DatabaseDriver {
  readonly kind: Manifest["kind"];
  /** Name of the database that it reaches, as manifests say it. */
  readonly database: string;
  probe(call: DriverCall): Promise<LiveDatabase>;
  /** Free where the live database keeps its data; `null`, or absent, where that cannot be told. */
  freeBytes?(call: DriverCall): Promise<number | null>;
  /**
   * What a restore adds at most to the logs that the server keeps on the same file system, beside what they take already; absent, and
   * 0, where there are none. What is restored is not counted in it.
   */
  mostLogBytes?(call: DriverCall): Promise<number>;
  /**
   * Free where throw-away servers keep what they hold: on the engine's disk, which is mostly production's too. `null`, or absent, where
   * that cannot be told.
   */
  scratchFreeBytes?(call: DriverCall): Promise<number | null>;
  /** What the log of a throw-away server takes at most, beside what was restored in it; absent where there is none. */
  readonly mostScratchLogBytes?: number | undefined;
  /** Ends first what dead runs left working in the server, and nothing of this backup. */
  dump(call: DriverCall): Promise<RunningDump>;
  /**
   * What a dump refers to and does not hold, such as roles, and what belongs to the database besides its content; `null` where it may not be
   * read. Holds no password of a role; settings of a database are in it with their values.
   */
  globals(call: DriverCall): Promise<Uint8Array | null>;
  /** Of the live database, now; made in the same way as `like`. */
  fingerprint(like: Fingerprint, call: DriverCall): Promise<Fingerprint>;
  /** @param image to run; that of the manifest, or another of the same version */
  scratch(manifest: Manifest, image: string, call: DriverCall): Promise<ScratchDatabase>;
  /** A server to rehearse on. Without it, migrations of this kind of database cannot be rehearsed. @param image as for `scratch` */
  rehearsalCopy?(manifest: Manifest, image: string, call: DriverCall): Promise<RehearsalCopy>;
  /** The longest transaction that runs on the live database now; `null` where there is none. */
  longestTransaction?(call: DriverCall): Promise<Transaction | null>;
  /**
   * What a swap would leave to people, before anything is written. Changes nothing.
   * @throws SluiceError RESTORE_FAILED where the live database cannot be swapped
   */
  foreseeSwap?(call: DriverCall): Promise<readonly Finding[]>;
  /**
   * What of a backup's globals the live database lacks, and a restore does not bring back. Changes nothing. Absent where they say nothing
   * of the database itself.
   */
  foreseeGone?(
    backup: Pick<Manifest, "id" | "database">,
    globals: string,
    call: DriverCall,
  ): Promise<readonly Finding[]>;
  /** Restores into a new database beside the live one, which goes on undisturbed. */
  restoreBeside(manifest: Manifest, dump: AsyncIterable<Uint8Array>, call: RestoreCall): Promise<FreshDatabase>;
  /** What a dead run left changed in the server, and what puts that right; `null` where there is nothing. Changes nothing. */
  findLeft?(call: DriverCall): Promise<LeftBehind | null>;
  /** Databases beside the live one that restores and their undos made and left, on purpose or not; `null` where there is none. Changes nothing. */
  findBesides?(call: DriverCall): Promise<LeftBehind | null>;
  /**
   * What is there of what a restore of this backup set aside (`old`), and of what its undo did (`undone`), with something in it; `null`, or
   * absent, where that cannot be told, or where one of them goes on. Changes nothing.
   */
  setAside?(call: DriverCall): Promise<readonly ("old" | "undone")[] | null>;
  /** Puts right what `findLeft` finds. Resolves with what was found and done, for people; `null` for nothing. */
  mend?(call: DriverCall): Promise<string | null>;
  /** Puts the database back that `swap` took away. Resolves with what took its place is called now. */
  undoSwap(call: DriverCall): Promise<string>;
}
