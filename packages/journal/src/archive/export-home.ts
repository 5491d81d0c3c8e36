import { constants, type Stats } from "node:fs";
import { type FileHandle, lstat, open, readdir, readlink } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { temporaryPrefix } from "@sluice/core/node";
import { type Header, type Pack, pack } from "tar-stream";
import { homeError } from "../home/home-error.ts";
import type { StateHome } from "../home/state-home.ts";
import { type ArchiveDigest, type ArchiveEnd, createDigest, endName } from "./archive-end.ts";
import { backupsIn, type LeftBackups } from "./left-backups.ts";
import { backupsDirectory, exportedDirectories, exportedFiles } from "./parts.ts";

export interface ExportOptions {
  /** Also the backups of the database that lie in the home, which may be large. Default `false`. */
  readonly withBackups?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface ExportedHome {
  /** Backups that lie in the home and are not in the archive; `null` where there are none. */
  readonly leftBackups: LeftBackups | null;
}

interface ArchiveWriter {
  readonly home: string;
  readonly archive: Pack;
  readonly digest: ArchiveDigest;
}

/**
 * Writes a state home as a tar archive: journal, keys, releases and outbox, not the lock. It holds secrets: whoever gets it
 * can read the environment of every release. Works while a deployment is under way; the archive then ends before its end,
 * and what is removed meanwhile is left out. Memory stays constant.
 *
 * @throws SluiceError HOME_UNUSABLE; errors of the destination as they are
 */
export async function exportHome(
  { path }: Pick<StateHome, "path">,
  destination: NodeJS.WritableStream,
  { withBackups = false, signal }: ExportOptions = {},
): Promise<ExportedHome> {
  const archive = pack();
  const written = pipeline(archive, destination, { signal });
  const filled = fill({ home: path, archive, digest: createDigest() }, withBackups).then(
    (exported) => {
      archive.finalize();
      return exported;
    },
    (error: unknown) => {
      const reason = homeError(error, path, "the state home cannot be exported:");
      archive.destroy(reason as Error);
      throw reason;
    },
  );
  // The archive waits for the destination, and the destination for the archive: whichever fails first tells why.
  const [exported] = await Promise.all([filled, written]);
  return exported;
}

async function fill(writer: ArchiveWriter, withBackups: boolean): Promise<ExportedHome> {
  const { home, archive, digest } = writer;
  // The head comes before the journal: records that are appended meanwhile leave it behind, which is allowed.
  for (const name of exportedFiles) await addEntry(writer, name).catch(unlessMissing);
  const gone: string[] = [];
  for (const name of withBackups ? [...exportedDirectories, backupsDirectory] : exportedDirectories) {
    gone.push(...(await addDirectory(writer, name)));
  }
  const leftBackups = withBackups ? null : await backupsIn(home);
  const end: ArchiveEnd = { sha256: digest.sha256(), gone, leftBackups };
  archive.entry({ name: endName, mode: 0o600, type: "file" }, `${JSON.stringify(end)}\n`);
  return { leftBackups };
}

/** Each child is there or gone as a whole: a release that is pruned meanwhile is none. Resolves with what is gone. */
async function addDirectory(writer: ArchiveWriter, name: string): Promise<readonly string[]> {
  const path = join(writer.home, name);
  const stats = await lstat(path).catch(unlessMissing);
  if (!stats) return [];
  begin(writer, `${name}/`, stats, { type: "directory" });
  const gone: string[] = [];
  for (const child of await childrenOf(path)) {
    // A backup that is not finished is nobody's.
    if (name === backupsDirectory && child.endsWith(".partial")) continue;
    try {
      await addEntry(writer, `${name}/${child}`);
    } catch (error) {
      if (!isMissing(error) || (await isThere(join(path, child)))) throw error;
      gone.push(`${name}/${child}`);
    }
  }
  return gone;
}

async function addEntry(writer: ArchiveWriter, name: string): Promise<void> {
  const path = join(writer.home, name);
  const stats = await lstat(path);
  if (stats.isFile()) {
    await addFile(writer, name);
  } else if (stats.isSymbolicLink()) {
    begin(writer, name, stats, { type: "symlink", linkname: await readlink(path) });
  } else if (stats.isDirectory()) {
    begin(writer, `${name}/`, stats, { type: "directory" });
    for (const child of await childrenOf(path)) await addEntry(writer, `${name}/${child}`);
  }
}

async function addFile(writer: ArchiveWriter, name: string): Promise<void> {
  // What is open stays what it is, also where another takes its place meanwhile.
  await using file = await open(join(writer.home, name), constants.O_RDONLY | constants.O_NOFOLLOW);
  const stats = await file.stat();
  const entry = begin(writer, name, stats, { type: "file", size: stats.size });
  await pipeline(writer.digest.content(contentOf(file, stats.size)), entry);
}

function begin({ archive, digest }: ArchiveWriter, name: string, stats: Stats, rest: Partial<Header>) {
  const { mode, uid, gid, mtime } = stats;
  digest.begin({ name, ...rest });
  return archive.entry({ name, mode: mode & 0o7777, uid, gid, mtime, ...rest });
}

const chunkBytes = 65_536;

/** A file that grows is written as far as it was when it was looked at. */
async function* contentOf(file: FileHandle, size: number): AsyncGenerator<Uint8Array> {
  for (let position = 0; position < size; ) {
    const wanted = Math.min(chunkBytes, size - position);
    const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(wanted), 0, wanted, position);
    if (bytesRead === 0) return;
    position += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}

async function childrenOf(path: string): Promise<readonly string[]> {
  return (await readdir(path)).filter((name) => !name.startsWith(temporaryPrefix)).toSorted();
}

async function isThere(path: string): Promise<boolean> {
  return (await lstat(path).catch(unlessMissing)) !== undefined;
}

function isMissing(error: unknown): boolean {
  return (error as NodeJS.ErrnoException | null)?.code === "ENOENT";
}

function unlessMissing(error: unknown): void {
  if (!isMissing(error)) throw error;
}
