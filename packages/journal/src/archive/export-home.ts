import { createReadStream } from "node:fs";
import { lstat, readdir, readlink } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { type Pack, pack } from "tar-stream";
import { temporaryPrefix } from "../home/durable-file.ts";
import { homeError } from "../home/home-error.ts";
import type { StateHome } from "../home/state-home.ts";
import { exportedDirectories, exportedFiles } from "./parts.ts";

/**
 * Writes a state home as a tar archive: journal, keys and releases, not the lock. It holds secrets: whoever gets it can
 * read the environment of every release. Works while a deployment is under way; the archive then ends before its end.
 *
 * @throws SluiceError HOME_UNUSABLE; errors of the destination as they are
 */
export async function exportHome(
  { path }: Pick<StateHome, "path">,
  destination: NodeJS.WritableStream,
  signal?: AbortSignal,
): Promise<void> {
  const archive = pack();
  const written = pipeline(archive, destination, { signal });
  const filled = fill(archive, path).then(
    () => archive.finalize(),
    (error: unknown) => {
      const reason = homeError(error, path, "the state home cannot be exported:");
      archive.destroy(reason as Error);
      throw reason;
    },
  );
  // The archive waits for the destination, and the destination for the archive: whichever fails first tells why.
  await Promise.all([filled, written]);
}

async function fill(archive: Pack, home: string): Promise<void> {
  // The head comes before the journal: records that are appended meanwhile leave it behind, which is allowed.
  for (const name of exportedFiles) await addEntry(archive, home, name).catch(unlessMissing);
  for (const name of exportedDirectories) await addEntry(archive, home, name);
}

async function addEntry(archive: Pack, home: string, name: string): Promise<void> {
  const path = join(home, name);
  const stats = await lstat(path);
  const header = { name, mode: stats.mode & 0o7777, uid: stats.uid, gid: stats.gid, mtime: stats.mtime };
  if (stats.isSymbolicLink()) {
    archive.entry({ ...header, type: "symlink", linkname: await readlink(path) });
  } else if (stats.isDirectory()) {
    archive.entry({ ...header, name: `${name}/`, type: "directory" });
    for (const child of (await readdir(path)).toSorted()) {
      if (!child.startsWith(temporaryPrefix)) await addEntry(archive, home, `${name}/${child}`);
    }
  } else if (stats.isFile()) {
    const entry = archive.entry({ ...header, type: "file", size: stats.size });
    // A file that grows is written as far as it was when it was looked at.
    const content = stats.size === 0 ? [] : createReadStream(path, { end: stats.size - 1 });
    await pipeline(content, entry);
  }
}

function unlessMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== "ENOENT") throw error;
}
