import { open } from "node:fs/promises";
import { join } from "node:path";
import { runGit } from "./run-git.ts";

/** https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md: a pointer begins so, and is smaller than 1024 bytes. */
const pointerStart = "version https://git-lfs.github.com/spec/v1\n";
/** Files are looked into so many at a time. */
const atOnce = 32;
/** All that git has, by the attributes of any directory. */
const ofLfs = ["--", ":(top,attr:filter=lfs)"];

/** Whether git has files of Git LFS in a checkout, there as a pointer or not; `false` where git cannot say. */
export async function hasLfsFiles(root: string, signal?: AbortSignal): Promise<boolean> {
  return (await listFiles(root, ofLfs, signal)).length > 0;
}

/**
 * Paths of files of Git LFS of which only the pointer is checked out: to git such a tree is clean. Without those that are left out on
 * purpose, by `lfs.fetchexclude` or `lfs.fetchinclude`.
 *
 * @param root of the working tree
 */
export async function lfsPointers(root: string, signal?: AbortSignal): Promise<readonly string[]> {
  const files = await listFiles(root, ofLfs, signal);
  if (files.length === 0) return [];
  const [includes, excludes] = await Promise.all([
    readPaths(root, "lfs.fetchinclude", signal),
    readPaths(root, "lfs.fetchexclude", signal),
  ]);
  const fetched =
    includes.length + excludes.length === 0
      ? files
      : await listFiles(
          root,
          [
            "--",
            ...(includes.length > 0 ? includes.map((path) => `:(top,attr:filter=lfs)${path}`) : ofLfs.slice(1)),
            ...excludes.map((path) => `:(top,exclude)${path}`),
          ],
          signal,
        );
  const pointers: string[] = [];
  for (let from = 0; from < fetched.length; from += atOnce) {
    signal?.throwIfAborted();
    const some = fetched.slice(from, from + atOnce);
    const found = await Promise.all(some.map((path) => isPointer(join(root, path))));
    pointers.push(...some.filter((_, index) => found[index]));
  }
  return pointers;
}

/** None where git cannot say: who describes the checkout finds that out. */
async function listFiles(root: string, args: readonly string[], signal?: AbortSignal): Promise<readonly string[]> {
  const { stdout } = await runGit(root, ["ls-files", "-z", ...args], signal);
  return stdout.split("\0").filter((path) => path !== "");
}

/** What the repository is told here wins over what all of its checkouts are. */
async function readPaths(root: string, name: string, signal?: AbortSignal): Promise<readonly string[]> {
  const [own, shared] = await Promise.all(
    [[], ["--file", ".lfsconfig"]].map((from) => runGit(root, ["config", ...from, "--get", name], signal)),
  );
  const text = own?.exitCode === 0 ? own.stdout : (shared?.stdout ?? "");
  return text.split(",").flatMap((path) => path.trim().replace(/^\//, "") || []);
}

/** What is not there is left out of a sparse checkout, or was removed: git tells the latter. */
async function isPointer(path: string): Promise<boolean> {
  try {
    await using file = await open(path);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(pointerStart.length), 0, pointerStart.length, 0);
    return buffer.toString("latin1", 0, bytesRead) === pointerStart;
  } catch {
    return false;
  }
}
