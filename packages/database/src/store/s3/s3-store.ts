import type { Clock } from "@sluice/core";
import type { BackupStore } from "../backup-store.ts";
import { createObjectBackupStore } from "../object-backup-store.ts";
import { createS3Objects, type S3Options } from "./s3-objects.ts";

/** Backups in a bucket of S3, or of a server that speaks its protocol. */
export function createS3Store(options: S3Options, clock: Clock): BackupStore {
  return createObjectBackupStore(createS3Objects(options), clock);
}
