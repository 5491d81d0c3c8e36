export interface BackupCall {
  /** Id of the release whose data it is; `null` where none was live. */
  readonly release: string | null;
  /** Restore it in a throw-away server and compare. */
  readonly prove: boolean;
  readonly signal?: AbortSignal | undefined;
  /** What is being done, for people: `dumping: 12.3 MB`. */
  readonly onProgress?: ((text: string) => void) | undefined;
}

export interface TakenBackup {
  readonly id: string;
  readonly bytes: number;
  /** The highest level of verification that it reached. */
  readonly level: string;
}

/** Backups as a deployment needs them. */
export interface BackupTaker {
  /** Complete, and proven where that is asked for, when it resolves. @throws SluiceError BACKUP_FAILED and its kin, DISK_FULL */
  take(service: string, call: BackupCall): Promise<TakenBackup>;
  /** What can be seen without taking one keeps no backup from being taken. @throws SluiceError BACKUP_KEY_WRONG */
  assertReady(signal?: AbortSignal): Promise<void>;
  /** Id of the newest backup of a service's database that was seen to restore; `null` where there is none. @throws SluiceError where it cannot be seen */
  newestProven(service: string, signal?: AbortSignal): Promise<string | null>;
}
