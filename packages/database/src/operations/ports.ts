import type { Clock } from "@sluice/core";
import type { DatabaseDriver, DriverCall } from "../driver.ts";
import type { Cipher } from "../encryption/age-cipher.ts";
import type { StackHomes } from "../model/own-home.ts";
import type { BackupStore } from "../store/backup-store.ts";
import type { ProgressSink } from "./progress.ts";

/** What backups are made of and go to. Whoever calls an operation holds the lock of the stack. */
export interface BackupPorts {
  readonly driver: DatabaseDriver;
  readonly store: BackupStore;
  readonly clock: Clock;
  /** `null`: backups are not encrypted. */
  readonly cipher: Cipher | null;
  /** 4 to 16 lower-case letters and digits, another each time. */
  readonly randomId: () => string;
  readonly onProgress?: ProgressSink | undefined;
  /** Whose backups these are: said in each that is taken. Default: nobody says. */
  readonly stack?: string | undefined;
  /**
   * The state home that backups are taken from, which each says, and those that the stack had before. Those of
   * another home are not removed, though their stack has the same name. Default: nobody says, nor asks.
   */
  readonly homes?: StackHomes | undefined;
  /**
   * The service whose database the driver reaches, and all services of its project: a backup of another one of them is neither restored
   * nor proven here. Default: nobody asks.
   */
  readonly service?: string | undefined;
  readonly services?: readonly string[] | undefined;
  /** Of a restore and of its undo: what is in neither of the two databases. */
  readonly onFinding?: DriverCall["onFinding"];
}
