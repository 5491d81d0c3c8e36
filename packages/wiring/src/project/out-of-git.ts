import { access } from "node:fs/promises";
import { resolve } from "node:path";
import type { NeededFile } from "@sluice/workflows";
import { isTracked } from "./is-tracked.ts";

/**
 * Of the files that Compose reads in a checkout, those that git does not have: the checkout of a runner is without them, and cleaned of
 * what somebody puts there. Of one that it does without, only where it is here. Without a repository nothing is known.
 *
 * @param directory of the project, which the paths begin at
 */
export async function filesOutOfGit(
  files: readonly NeededFile[],
  directory: string,
  signal?: AbortSignal,
): Promise<readonly NeededFile[]> {
  const isLost = await Promise.all(
    files.map(async ({ source, isOptional }) => {
      const path = resolve(directory, source);
      if (isOptional && !(await isThere(path))) return false;
      return (await isTracked(path, signal, directory)) === false;
    }),
  );
  return files.filter((_file, index) => isLost[index]);
}

function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
