import { access } from "node:fs/promises";
import { join } from "node:path";
import { runGit } from "./run-git.ts";

/**
 * Paths of submodules that the checked out commit names and that are not checked out: to git such a tree is clean. Without
 * those that are left out on purpose, by `update = none` or a sparse checkout. What a submodule leaves out of its own is its
 * own affair. Where there is no `.gitmodules`, git is not asked.
 *
 * @param root of the working tree
 */
export async function missingSubmodules(root: string, signal?: AbortSignal): Promise<readonly string[]> {
  if (!(await isThere(join(root, ".gitmodules")))) return [];
  const [named, entries] = await Promise.all([
    readSettings(root, ["--file", ".gitmodules"], signal),
    runGit(root, ["ls-files", "--stage", "-t", "-z"], signal),
  ]);
  // `TAG MODE OBJECT STAGE<tab>PATH`, where `S` says that a sparse checkout leaves it out.
  const gitlinks = entries.stdout.split("\0").flatMap((line) => /^[^S] 160000 [^\t]*\t(.*)$/s.exec(line)?.[1] ?? []);
  const isMissing = await Promise.all(gitlinks.map(async (path) => !(await isThere(join(root, path, ".git")))));
  const missing = gitlinks.filter((_, index) => isMissing[index]);
  if (missing.length === 0) return [];
  const own = await readSettings(root, [], signal);
  const isLeftOut = (name: string) => (own.get(`${name}.update`) ?? named.get(`${name}.update`)) === "none";
  const leftOut = [...named].flatMap(([key, path]) => {
    const name = /^(.*)\.path$/s.exec(key)?.[1];
    return name !== undefined && isLeftOut(name) ? [path] : [];
  });
  return missing.filter((path) => !leftOut.includes(path));
}

/** `submodule.NAME.path` and `submodule.NAME.update` by `NAME.path` and `NAME.update`. */
async function readSettings(root: string, from: readonly string[], signal?: AbortSignal) {
  const args = ["config", ...from, "-z", "--get-regexp", String.raw`^submodule\..*\.(path|update)$`];
  const { stdout } = await runGit(root, args, signal);
  const settings = new Map<string, string>();
  for (const entry of stdout.split("\0")) {
    const [, key, value] = /^submodule\.([^\n]*)\n(.*)$/s.exec(entry) ?? [];
    if (key !== undefined && value !== undefined) settings.set(key, value);
  }
  return settings;
}

function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
