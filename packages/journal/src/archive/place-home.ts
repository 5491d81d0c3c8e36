import { mkdtemp, readdir, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { makeDirectory, syncPath, temporaryPrefix } from "@sluice/core/node";
import { keepReleases } from "./keep-releases.ts";
import { backupsIn, type LeftBackups } from "./left-backups.ts";
import { type VacateOptions, vacateHome } from "./vacate-home.ts";

export interface PlacedHome<T> {
  /** What `fill` resolved with. */
  readonly made: T;
  /** Where the home that was in its place is now; `null` where there was none that held anything. */
  readonly replaced: string | null;
  /** The backups that went aside with it; `null` where there are none. */
  readonly replacedBackups: LeftBackups | null;
  /** Ids of the releases that only the home in its place held: what runs mounts their files by this path. */
  readonly keptReleases: readonly string[];
}

/** What is left beside a home is somebody's no more when it is older: nobody fills one for that long. */
const staleAfterMs = 24 * 3_600_000;

/**
 * Makes a state home beside its place and puts it there when it is whole: all of it or nothing. A home that is in its
 * place is dealt with as by `vacateHome`; releases that only it holds are in the new one, too. What a killed run left beside it, keys and
 * models among it, goes when it is a day old.
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
  const prefix = `${temporaryPrefix}${basename(dir)}-`;
  const temporary = await mkdtemp(join(parent, prefix));
  try {
    await removeStale(parent, prefix, temporary);
    const made = await fill(temporary);
    const replaced = await vacateHome(dir, options);
    let keptReleases: readonly string[] = [];
    try {
      if (replaced !== null) keptReleases = await keepReleases(replaced, temporary);
      await rename(temporary, dir);
    } catch (error) {
      if (replaced !== null) await rename(replaced, dir);
      throw error;
    }
    await syncPath(parent);
    const replacedBackups = replaced === null ? null : await backupsIn(replaced);
    return { made, replaced, replacedBackups, keptReleases };
  } catch (error) {
    await rm(temporary, { recursive: true, force: true });
    throw error;
  }
}

/**
 * Ages are taken from the file system alone, by something that was made now. The six letters that end such a name tell it from one of
 * another stack whose name begins in the same way. What cannot be removed keeps nobody from a home.
 */
async function removeStale(parent: string, prefix: string, made: string): Promise<void> {
  const isOwn = (name: string) => name.startsWith(prefix) && /^[A-Za-z0-9]{6}$/.test(name.slice(prefix.length));
  const now = (await stat(made)).mtimeMs;
  for (const name of (await readdir(parent)).filter(isOwn)) {
    const path = join(parent, name);
    const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: now }));
    if (now - mtimeMs > staleAfterMs) await rm(path, { recursive: true, force: true }).catch(() => undefined);
  }
}
