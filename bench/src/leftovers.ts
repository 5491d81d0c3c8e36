import { lstat, readdir, readFile, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { messageOf } from "@sluice/core";
import { namesOnEngine, removeByPrefix } from "./docker.ts";
import { run } from "./measure.ts";

/** A process that names what it makes after itself. */
export interface Owner {
  readonly pid: number;
  /** Beginning of the names: of what is on the engine, and of directories for temporary files. */
  readonly prefix: string;
}

/** Releases' images are named after the stack, in a repository of Sluice. */
const owned = /^(?:sluice\/)?(?<prefix>sluice-(?:bench|demo)-(?<pid>\d+)-)/;

/** Whose the names are, each process once; those of others, and of what is kept on purpose, are nobody's. Pure. */
export function ownersOf(names: readonly string[]): Owner[] {
  const owners = names.flatMap((name): Owner[] => {
    const { prefix, pid } = owned.exec(name)?.groups ?? {};
    return prefix === undefined ? [] : [{ pid: Number(pid), prefix }];
  });
  return [...new Map(owners.map((owner) => [owner.prefix, owner])).values()];
}

/** Removes what those have left on the engine and for temporary files that no longer run. What cannot be removed is said. */
export async function removeLeftovers(runs: (pid: number) => boolean, say: (text: string) => void): Promise<void> {
  const directories = (await ownDirectories()).map((directory) => basename(directory));
  const owners = ownersOf([...(await namesOnEngine()), ...directories]);
  for (const { pid, prefix } of owners) {
    if (runs(pid)) continue;
    try {
      await removeAll(prefix);
    } catch (error) {
      say(`something of ${prefix} is left: ${messageOf(error)}`);
    }
  }
}

/** Removes everything whose name begins with the prefix, on the engine and in the directory for temporary files. */
export async function removeAll(prefix: string): Promise<void> {
  await removeByPrefix(prefix);
  await removeByPrefix(`sluice/${prefix}`);
  for (const directory of await ownDirectories()) {
    if (basename(directory).startsWith(prefix)) await removeDirectory(directory);
  }
}

/** Directories for temporary files that this user has made. Anybody may put something of any name beside them, links too. */
async function ownDirectories(): Promise<string[]> {
  const parent = await realpath(tmpdir());
  const own: string[] = [];
  for (const entry of await readdir(parent, { withFileTypes: true })) {
    if (!entry.isDirectory() || !owned.test(entry.name)) continue;
    const directory = join(parent, entry.name);
    // Another run may remove it meanwhile.
    const stats = await lstat(directory).catch(() => null);
    if (stats && stats.uid === process.getuid?.()) own.push(directory);
  }
  return own;
}

/** Nothing is removed through a mount: what cannot be unmounted stays, and is an error. */
async function removeDirectory(directory: string): Promise<void> {
  // Elsewhere than on Linux nothing is mounted by a bench.
  const mounts = await readFile("/proc/self/mountinfo", "utf8").catch(() => "");
  for (const path of mountsIn(mounts, directory)) await run(["umount", "-l", path]);
  await rm(directory, { recursive: true, force: true });
}

/** Where something is mounted in a directory or on it, the newest first; by the content of `mountinfo`. Pure. */
export function mountsIn(mountinfo: string, directory: string): string[] {
  return mountinfo
    .split("\n")
    .flatMap((line) => line.split(" ")[4] ?? [])
    .map((path) =>
      path.replaceAll(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8))),
    )
    .filter((path) => path === directory || path.startsWith(`${directory}/`))
    .toReversed();
}
