import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { backupsDirectory } from "./parts.ts";

/** Backups of the database that did not come along. */
export interface LeftBackups {
  readonly count: number;
  /** Absolute, on the machine that they are on. */
  readonly directory: string;
}

/** The backups that lie in a state home; `null` where there are none, or nobody may look. */
export async function backupsIn(home: string): Promise<LeftBackups | null> {
  const directory = join(home, backupsDirectory);
  const names = await readdir(directory).catch(() => []);
  // A backup is there when its manifest is.
  const count = names.filter((name) => name.endsWith(".json")).length;
  return count === 0 ? null : { count, directory };
}
