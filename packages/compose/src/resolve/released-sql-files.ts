import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { StoredRelease } from "@sluice/core";
import { unescapeDollars } from "../model/dollars.ts";
import { slotMounts } from "../model/mounts.ts";
import { filesAt } from "./migration-job.ts";
import { sqlFileName } from "./sql-files.ts";

export interface SqlFile {
  readonly name: string;
  readonly text: string;
}

/**
 * The plain SQL files that a job runs through dbmate, as its release holds them, in the order in which they run. `null` where the job
 * is another one, or where they cannot be read.
 */
export async function releasedSqlFiles(release: StoredRelease, job: string): Promise<readonly SqlFile[] | null> {
  const mount = release.model.services[job]?.volumes?.find(({ target }) => target === filesAt);
  const source = mount && slotMounts(release, [mount])[0]?.source;
  if (source === undefined) return null;
  const directory = unescapeDollars(source);
  try {
    const entries = await readdir(directory, { withFileTypes: true });
    const files = entries.filter((entry) => sqlFileName.test(entry.name) && !entry.isDirectory());
    const names = files.map(({ name }) => name).toSorted();
    const read = async (name: string) => ({ name, text: await readFile(join(directory, name), "utf8") });
    return await Promise.all(names.map(read));
  } catch {
    return null;
  }
}
