import { mkdtemp, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { makeDirectory, syncPath, temporaryPrefix } from "@sluice/core/node";
import { backupsIn, type LeftBackups } from "./left-backups.ts";
import { type VacateOptions, vacateHome } from "./vacate-home.ts";

export interface PlacedHome<T> {
  /** What `fill` resolved with. */
  readonly made: T;
  /** Where the home that was in its place is now; `null` where there was none that held anything. */
  readonly replaced: string | null;
  /** The backups that went aside with it; `null` where there are none. */
  readonly replacedBackups: LeftBackups | null;
}

/**
 * Makes a state home beside its place and puts it there when it is whole: all of it or nothing. A home that is in its
 * place is dealt with as by `vacateHome`.
 *
 * @param dir absolute path
 * @param fill fills an empty directory
 * @throws SluiceError HOME_UNUSABLE, LOCK_HELD, DISK_FULL; what `fill` throws
 */
export async function placeHome<T>(
  dir: string,
  fill: (directory: string) => Promise<T>,
  options: VacateOptions,
): Promise<PlacedHome<T>> {
  const parent = dirname(dir);
  await makeDirectory(parent);
  const temporary = await mkdtemp(join(parent, `${temporaryPrefix}${basename(dir)}-`));
  try {
    const made = await fill(temporary);
    const replaced = await vacateHome(dir, options);
    try {
      await rename(temporary, dir);
    } catch (error) {
      if (replaced !== null) await rename(replaced, dir);
      throw error;
    }
    await syncPath(parent);
    return { made, replaced, replacedBackups: replaced === null ? null : await backupsIn(replaced) };
  } catch (error) {
    await rm(temporary, { recursive: true, force: true });
    throw error;
  }
}
