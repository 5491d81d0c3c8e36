import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { lstat, readdir, readlink } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";

/** SHA-256 of every file and link below a directory, by relative path, in order. */
export async function checksumsOf(directory: string, below = ""): Promise<Readonly<Record<string, string>>> {
  const sums: Record<string, string> = {};
  const names = (await readdir(join(directory, below))).toSorted();
  for (const name of names) {
    const path = join(below, name);
    const stats = await lstat(join(directory, path));
    if (stats.isDirectory()) Object.assign(sums, await checksumsOf(directory, path));
    else if (stats.isSymbolicLink()) sums[path] = `link ${await readlink(join(directory, path))}`;
    else sums[path] = await sha256(join(directory, path));
  }
  return sums;
}

async function sha256(path: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  return hash.digest("hex");
}
