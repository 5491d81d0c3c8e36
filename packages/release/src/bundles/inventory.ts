import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { lstat, readdir, readlink } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";

/** One thing in a bundle: its relative path, what it is, and a hash of its content (a link's is where it points). */
export interface InventoryEntry {
  readonly path: string;
  readonly type: "file" | "directory" | "link";
  readonly mode: number;
  readonly sha256: string;
}

/** Everything at and below a path, in order. Links are looked at, never followed. */
export async function takeInventory(root: string, path: string): Promise<readonly InventoryEntry[]> {
  const absolute = join(root, path);
  const stats = await lstat(absolute);
  const mode = stats.mode & 0o7777;
  if (stats.isSymbolicLink()) return [{ path, type: "link", mode: 0, sha256: hashText(await readlink(absolute)) }];
  if (!stats.isDirectory()) return [{ path, type: "file", mode, sha256: await hashFile(absolute) }];
  const names = (await readdir(absolute)).toSorted();
  const below: InventoryEntry[] = [];
  for (const name of names) below.push(...(await takeInventory(root, `${path}/${name}`)));
  return [{ path, type: "directory", mode, sha256: hashText(names.join("\0")) }, ...below];
}

/** The first path at which two inventories differ; `null` when they are equal. */
export function firstDifference(expected: readonly InventoryEntry[], found: readonly InventoryEntry[]): string | null {
  const text = ({ path, type, mode, sha256 }: InventoryEntry) => `${path}\0${type}\0${mode}\0${sha256}`;
  const known = new Set(expected.map(text));
  const other = found.find((entry) => !known.has(text(entry)));
  if (other) return other.path;
  const present = new Set(found.map(text));
  return expected.find((entry) => !present.has(text(entry)))?.path ?? null;
}

/** SHA-256 of a text, hexadecimal. Pure. */
export function hashText(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

async function hashFile(path: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  return hash.digest("hex");
}
