import { constants, type Stats } from "node:fs";
import { chmod, copyFile, lchown, lstat, lutimes, mkdir, readdir, readlink, realpath, symlink } from "node:fs/promises";
import { join } from "node:path";
import { SluiceError } from "@sluice/core";
import { syncPath } from "@sluice/core/node";

/**
 * Copies a file or directory with modes and times, and with owners where a superuser does it. A link at the top is
 * followed, as the engine does when it mounts it. Links inside are copied as links and never followed: what they say is
 * for the container, and nothing outside of the source is read.
 *
 * @throws SluiceError RELEASE_REFUSED for what is not there or can be no copy (socket, pipe, device)
 */
export async function copyTree(source: string, target: string): Promise<void> {
  const real = await realpath(source).catch((cause: NodeJS.ErrnoException) => {
    throw new SluiceError("RELEASE_REFUSED", `${source} is mounted by the project but cannot be read: ${cause.code}`, {
      hint: "create it, or take the mount out of the compose file",
      cause,
    });
  });
  await copyEntry(real, target);
}

/** A directory as the engine makes one for a mount of what is not there. */
export async function makeEmpty(target: string): Promise<void> {
  await mkdir(target);
  await chmod(target, 0o755);
  await syncPath(target);
}

async function copyEntry(source: string, target: string): Promise<void> {
  const stats = await lstat(source);
  if (stats.isSymbolicLink()) {
    await symlink(await readlink(source), target);
    await own(target, stats);
    await lutimes(target, stats.atime, stats.mtime);
  } else if (stats.isFile()) {
    await copyFile(source, target, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE).catch(unreadable(source));
    await finish(target, stats);
  } else if (stats.isDirectory()) {
    await mkdir(target, { mode: 0o700 });
    for (const name of await readdir(source).catch(unreadable(source))) {
      await copyEntry(join(source, name), join(target, name));
    }
    await finish(target, stats);
  } else {
    throw new SluiceError("RELEASE_REFUSED", `${source} cannot be copied into a release: it is no file or directory`, {
      hint: "move it out of the directory that a service mounts from the checkout",
    });
  }
}

async function finish(path: string, stats: Stats): Promise<void> {
  await own(path, stats);
  await syncPath(path);
  await chmod(path, stats.mode & 0o7777);
  await lutimes(path, stats.atime, stats.mtime);
}

async function own(path: string, { uid, gid }: Stats): Promise<void> {
  if (process.getuid?.() === 0) await lchown(path, uid, gid);
}

function unreadable(source: string): (cause: NodeJS.ErrnoException) => never {
  return (cause) => {
    if (cause.code !== "EACCES" && cause.code !== "EPERM") throw cause;
    throw new SluiceError("RELEASE_REFUSED", `${source} is mounted by the project but cannot be read: ${cause.code}`, {
      hint: "give the user that deploys the right to read it",
      cause,
    });
  };
}
