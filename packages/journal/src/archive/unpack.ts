import { chmod, lchown, mkdir, open, rm, symlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import { SluiceError } from "@sluice/core";
import { syncPath } from "@sluice/core/node";
import { extract, type Header } from "tar-stream";
import { type ArchiveDigest, type ArchiveEnd, createDigest, endName, longestEnd, parseEnd } from "./archive-end.ts";
import { backupsDirectory, exportedDirectories, exportedFiles } from "./parts.ts";

interface LateEntry {
  readonly path: string;
  readonly header: Header;
}

interface LateWork {
  /** Links come after all files, so that no file is ever written through one. */
  readonly links: LateEntry[];
  /** Modes of directories come last, children before parents: one of them may forbid writing. */
  readonly directories: LateEntry[];
}

/**
 * Writes the entries of an archive into a directory, which must be empty. Resolves only where the archive is whole.
 *
 * @throws SluiceError HOME_UNUSABLE for an archive that was cut off or changed, and for an entry that has no place in a state
 * home; errors of the archive as they are
 */
export async function unpack(archive: Readable, root: string, signal: AbortSignal | undefined): Promise<ArchiveEnd> {
  const entries = extract();
  const late: LateWork = { links: [], directories: [] };
  const read = pipeline(archive, entries, { signal }).catch((error: unknown) => {
    entries.destroy(error as Error);
    throw error;
  });
  const write = async () => {
    const digest = createDigest();
    let end: ArchiveEnd | null = null;
    for await (const entry of entries) {
      if (end) throw notWhole("it goes on after its end");
      if (entry.header.name === endName) end = await readEnd(entry.header, entry, digest);
      else await unpackEntry(entry.header, entry, root, late, digest);
      entry.resume();
    }
    return end;
  };
  const [reading, writing] = await Promise.allSettled([read, write()]);
  if (reading.status === "rejected" && !isConsequence(reading.reason)) throw reading.reason;
  if (writing.status === "rejected") throw writing.reason;
  if (reading.status === "rejected") throw reading.reason;
  if (!writing.value) throw notWhole("its end is missing, as where it was cut off, or an earlier version wrote it");
  await finish(root, late, writing.value.gone.map(safeName));
  return writing.value;
}

/** Whoever stops writing closes the archive too early; an archive that cannot be read is an error of its own. */
function isConsequence(error: unknown): boolean {
  return (error as NodeJS.ErrnoException | null)?.code === "ERR_STREAM_PREMATURE_CLOSE";
}

async function finish(root: string, late: LateWork, gone: readonly string[]): Promise<void> {
  for (const name of gone) await rm(join(root, name), { recursive: true, force: true });
  const isLeft = ({ path }: LateEntry) => !gone.some((name) => `${path}/`.startsWith(`${join(root, name)}/`));
  const links = late.links.filter(isLeft);
  for (const { path, header } of links) {
    const through = links.find((other) => path.startsWith(`${other.path}/`));
    if (through)
      throw refused(`${JSON.stringify(header.name)} lies behind the link ${JSON.stringify(through.header.name)}`);
    await symlink(header.linkname, path);
    await own(path, header);
  }
  for (const { path, header } of late.directories.filter(isLeft).toReversed()) {
    await own(path, header);
    await chmod(path, modeOf(header));
    await syncPath(path);
  }
}

async function unpackEntry(
  header: Header,
  content: AsyncIterable<unknown>,
  root: string,
  late: LateWork,
  digest: ArchiveDigest,
): Promise<void> {
  const path = join(root, safeName(header.name));
  digest.begin(header);
  if (header.type === "directory") {
    await mkdir(path, { recursive: true, mode: 0o700 });
    late.directories.push({ path, header });
  } else if (header.type === "symlink" && header.name.startsWith("releases/")) {
    late.links.push({ path, header });
  } else if (header.type === "file") {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    // Read by its iterator: a pipeline never ends where the archive did before it began to listen, and one that fails does not wait
    // for the file that it is opening, which would be there after all was removed.
    await using file = await open(path, "wx", 0o600);
    await file.writeFile(digest.content(content));
    await own(path, header);
    await file.chmod(modeOf(header));
    await file.sync();
  } else {
    throw refused(`${JSON.stringify(header.name)} is a ${header.type}`);
  }
}

async function readEnd(header: Header, content: AsyncIterable<unknown>, digest: ArchiveDigest): Promise<ArchiveEnd> {
  const sha256 = digest.sha256();
  const end = header.type === "file" && header.size <= longestEnd ? parseEnd(await text(content)) : null;
  if (!end) throw notWhole("its end cannot be read");
  if (end.sha256 !== sha256) throw notWhole("it is not what was exported");
  return end;
}

/** A release's files belong to whom they belonged to in the checkout; only a superuser can say so. */
async function own(path: string, { uid, gid }: Header): Promise<void> {
  if (process.getuid?.() === 0) await lchown(path, uid, gid);
}

function modeOf({ mode, name }: Header): number {
  return name.startsWith("releases/") ? mode & 0o777 : mode & 0o700;
}

const topLevel: readonly string[] = [...exportedFiles, ...exportedDirectories, backupsDirectory];

function safeName(name: string): string {
  const parts = name.replace(/\/$/, "").split("/");
  const isSafe = parts.every((part) => part !== "" && part !== "." && part !== ".." && !part.includes("\0"));
  if (isSafe && topLevel.includes(parts[0] ?? "")) return parts.join("/");
  throw refused(`${JSON.stringify(name)} has no place in a state home`);
}

export function refused(reason: string): SluiceError {
  return new SluiceError("HOME_UNUSABLE", `this is no archive of a state home: ${reason}`, {
    hint: "give the file that `sluice state export` wrote, all of it",
  });
}

function notWhole(reason: string): SluiceError {
  return new SluiceError("HOME_UNUSABLE", `this archive of a state home is not whole: ${reason}`, {
    hint: "run `sluice state export` again where the state is, and see that all of the file arrives",
  });
}
