import { access } from "node:fs/promises";
import { relative, resolve } from "node:path";
import { trackedFiles } from "@sluice/release";
import type { RelativeWrite } from "@sluice/workflows";

/** Files with which git is made to have a directory that has nothing in it. */
const placeholder = /(?:^|\/)\.(?:gitkeep|gitignore|keep)$/;

/**
 * Of what services write to by a path from the checkout, what git does not have: it is not there in the checkout of a runner, which is
 * another directory and is cleaned for each job. A mount of the whole project is for development.
 *
 * @param directory of the project, which the paths begin at
 */
export async function checkoutWrites(
  writes: readonly RelativeWrite[],
  directory: string,
): Promise<readonly RelativeWrite[]> {
  const data = await Promise.all(
    writes.map(async ({ source }) => {
      const path = resolve(directory, source);
      const isAround = !relative(path, directory).startsWith("..");
      return !isAround && !(await holdsTracked(path, directory));
    }),
  );
  return writes.filter((_one, index) => data[index]);
}

/** Without a repository around it, whether it is there. */
async function holdsTracked(path: string, directory: string): Promise<boolean> {
  const tracked = await trackedFiles(directory, path);
  if (tracked) return tracked.some((name) => !placeholder.test(name));
  return access(path).then(
    () => true,
    () => false,
  );
}
