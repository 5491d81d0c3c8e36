import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { StopNotes } from "@sluice/compose";

/**
 * A file for each container that the engine was asked to stop and has not, as far as is known. Where the machine goes down the
 * stop goes with it, so nothing is synced.
 *
 * @param directory asked for when it is first needed; made when it is not there
 */
export function createStopNotes(directory: () => Promise<string>): StopNotes {
  const fileOf = async (container: string) => join(await directory(), container);
  return {
    async get(container) {
      return readFile(await fileOf(container), "utf8");
    },
    async set(container, startedAt) {
      await mkdir(await directory(), { recursive: true, mode: 0o700 });
      await writeFile(await fileOf(container), startedAt, { mode: 0o600 });
    },
    async remove(container) {
      await rm(await fileOf(container), { force: true });
    },
  };
}
