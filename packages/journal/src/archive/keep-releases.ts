import {
  chmod,
  copyFile,
  lchown,
  link,
  lstat,
  lutimes,
  mkdir,
  readdir,
  readFile,
  readlink,
  rm,
  symlink,
} from "node:fs/promises";
import { join } from "node:path";
import { syncPath, temporaryPrefix } from "@sluice/core/node";
import { describeHome } from "../home/home-description.ts";

/**
 * Gives a home that takes the place of another one the releases that only that one holds: containers mount their files by the path of
 * the place, and without them start no more. Files are shared with the other home, as nobody writes to them. What cannot be had of a home
 * that is damaged is left out, and so is all of one of another stack.
 *
 * @returns the ids of the releases, sorted
 */
export async function keepReleases(from: string, to: string): Promise<readonly string[]> {
  const [other, own] = await Promise.all([stackOf(from), stackOf(to)]);
  if (other !== null && other !== own) return [];
  const [held, had] = await Promise.all([releasesIn(from), releasesIn(to)]);
  const wanted = held.filter((id) => !had.includes(id));
  const kept: string[] = [];
  if (wanted.length > 0) await mkdir(join(to, "releases"), { recursive: true, mode: 0o700 });
  for (const id of wanted) {
    const target = join(to, "releases", id);
    try {
      await share(join(from, "releases", id), target);
      kept.push(id);
    } catch {
      await rm(target, { recursive: true, force: true }).catch(() => undefined);
    }
  }
  if (kept.length > 0) await syncPath(join(to, "releases"));
  return kept;
}

/** `null` where nothing tells. */
async function stackOf(home: string): Promise<string | null> {
  const path = join(home, "home.json");
  return readFile(path, "utf8")
    .then((text) => describeHome(text, path).stack)
    .catch(() => null);
}

async function releasesIn(home: string): Promise<readonly string[]> {
  const entries = await readdir(join(home, "releases"), { withFileTypes: true }).catch(() => []);
  const whole = entries.filter((entry) => entry.isDirectory() && !entry.name.startsWith(temporaryPrefix));
  return whole.map(({ name }) => name).toSorted();
}

/** Hard links of files need no room. Directories are made anew, with modes, times and (by a superuser) owners. */
async function share(source: string, target: string): Promise<void> {
  const stats = await lstat(source);
  if (stats.isSymbolicLink()) return symlink(await readlink(source), target);
  // Not every file system has hard links.
  if (!stats.isDirectory()) return link(source, target).catch(() => copyFile(source, target));
  await mkdir(target, { mode: 0o700 });
  for (const name of await readdir(source)) await share(join(source, name), join(target, name));
  await syncPath(target);
  if (process.getuid?.() === 0) await lchown(target, stats.uid, stats.gid);
  await chmod(target, stats.mode & 0o7777);
  await lutimes(target, stats.atime, stats.mtime);
}
