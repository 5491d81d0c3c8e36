import { lstatSync, readdirSync, readFileSync, readlinkSync, realpathSync, type Stats, statSync } from "node:fs";
import { join } from "node:path";

/** What is mounted from a path, links followed as the engine does; `null` for what is not there or may not be looked at. */
export function kindOf(path: string): "file" | "directory" | "other" | null {
  try {
    const stats = statSync(path);
    return stats.isFile() ? "file" : stats.isDirectory() ? "directory" : "other";
  } catch {
    return null;
  }
}

/** Whether two files, or two directories with all that is in them, say the same. What cannot be read says nothing. */
export function isSameTree(one: string, other: string): boolean {
  try {
    return same(realpathSync(one), realpathSync(other));
  } catch {
    return false;
  }
}

function same(one: string, other: string): boolean {
  const [a, b] = [lstatSync(one), lstatSync(other)];
  if (typeOf(a) !== typeOf(b)) return false;
  if (a.isSymbolicLink()) return readlinkSync(one) === readlinkSync(other);
  if (a.isFile()) return a.size === b.size && readFileSync(one).equals(readFileSync(other));
  if (!a.isDirectory()) return false;
  const [names, others] = [readdirSync(one).toSorted(), readdirSync(other).toSorted()];
  return names.join("/") === others.join("/") && names.every((name) => same(join(one, name), join(other, name)));
}

function typeOf(stats: Stats): string {
  return stats.isSymbolicLink() ? "link" : stats.isFile() ? "file" : stats.isDirectory() ? "directory" : "other";
}
