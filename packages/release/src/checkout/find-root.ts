import { access } from "node:fs/promises";
import { dirname, join } from "node:path";

/**
 * Where the checkout of a directory begins; `null` where it is in none. Git says no more than "failed" both where there is no
 * repository and where it may not read one.
 *
 * @param directory absolute path
 */
export async function findRoot(directory: string): Promise<string | null> {
  for (let path = directory; ; path = dirname(path)) {
    const isHere = await access(join(path, ".git")).then(
      () => true,
      () => false,
    );
    if (isHere) return path;
    if (dirname(path) === path) return null;
  }
}
