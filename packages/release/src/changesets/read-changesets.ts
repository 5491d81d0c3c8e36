import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { type Changeset, parseChangeset } from "./parse-changeset.ts";

/** The changesets of a checkout that wait for a release, by name; none where the project uses none. */
export async function readChangesets(directory: string): Promise<readonly Changeset[]> {
  const dir = join(directory, ".changeset");
  const names = await readdir(dir).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT" || error.code === "ENOTDIR") return [];
    throw error;
  });
  const files = names.filter((name) => name.endsWith(".md") && name !== "README.md").toSorted();
  const texts = await Promise.all(files.map((name) => readFile(join(dir, name), "utf8")));
  return texts.map(parseChangeset).filter((changeset) => changeset !== null);
}
