import type { SluiceError } from "@sluice/core";
import type { Manifest } from "../model/manifest.ts";

export type BackupPart = "dump" | "globals";

export interface StoredPart {
  /** Hexadecimal, of the bytes as they were stored. */
  readonly sha256: string;
  readonly bytes: number;
}

export interface BackupList {
  /** Oldest first. */
  readonly backups: readonly Manifest[];
  /** Manifests that say nothing (BACKUP_INVALID) or that the store does not give away; what lies beside them is left alone. */
  readonly damaged: readonly SluiceError[];
  /** How many of other stacks lie there too; absent where all are listed. */
  readonly ofOthers?: number | undefined;
}

export interface WriteOptions {
  readonly signal?: AbortSignal | undefined;
  /** About what it will be, or more, where somebody knows. */
  readonly likelyBytes?: number | undefined;
  /** Called with all bytes written so far. */
  readonly onBytes?: ((bytes: number) => void) | undefined;
}

/** One backup being written. Disposing without `commit` takes back what was written. */
export interface BackupWriter extends AsyncDisposable {
  readonly id: string;
  /** Greater than that of every backup there is. */
  readonly seq: number;
  /** The store compresses by itself, and stores what it holds already only once: it had better take dumps as they are. */
  readonly compresses?: boolean;
  /** It is done with each chunk of a part before it asks for the next one: the chunk's memory may be used again then. */
  readonly keepsNothing?: boolean;
  /** Streams a part into the store; durable when it resolves. @throws SluiceError DISK_FULL, BACKUP_FAILED */
  write(part: BackupPart, source: AsyncIterable<Uint8Array>, options?: WriteOptions): Promise<StoredPart>;
  /** The moment from which the backup is there. */
  commit(manifest: Manifest): Promise<void>;
}

/** What became of giving back the room of what was removed. */
export interface Compaction {
  /** How much it was, for people: `19.075 MiB`. `null` where it was nothing, or the store does not say. */
  readonly freed: string | null;
  /** Why it has to wait, where somebody uses the store; the next one makes up for it. */
  readonly postponed?: string;
}

/** Where backups lie. A crash at any moment leaves whole backups only; what else it leaves, nobody sees. */
export interface BackupStore {
  list(signal?: AbortSignal): Promise<BackupList>;
  /** @throws SluiceError BACKUP_UNKNOWN, BACKUP_INVALID */
  load(id: string, signal?: AbortSignal): Promise<Manifest>;
  /** Removes what dead writers left, then begins. The signal is for all that the writer does. */
  begin(id: string, signal?: AbortSignal): Promise<BackupWriter>;
  /** Replaces the manifest of a backup that is there. */
  update(manifest: Manifest): Promise<void>;
  /**
   * The bytes of a part, compared with the manifest on their way: the error comes at the end of what was read.
   * @throws SluiceError BACKUP_EMPTY, BACKUP_TRUNCATED, BACKUP_CORRUPT, BACKUP_INVALID (no such part)
   */
  read(manifest: Manifest, part: BackupPart, signal?: AbortSignal): AsyncIterable<Uint8Array>;
  /** Unlists first, then removes the bytes. Idempotent. */
  remove(id: string): Promise<void>;
  /** Removes what dead writers left; resolves with the names of the files. A live writer's are spared. */
  sweep(signal?: AbortSignal): Promise<readonly string[]>;
  /** Bytes that can still be written. */
  freeBytes(): Promise<number>;
  /**
   * Gives back the room of what was removed, also by those that ended before they did, where removing does not.
   *
   * @param hasRemoved default true. Where nothing was removed just now, there may be no room to give back: then nobody is waited for
   */
  compact?(signal?: AbortSignal, hasRemoved?: boolean): Promise<Compaction>;
}
