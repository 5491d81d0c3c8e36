import { createWriteStream } from "node:fs";
import { chmod, lchown, mkdir, open, symlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { SluiceError } from "@sluice/core";
import { extract, type Header } from "tar-stream";
import { syncDirectory } from "../home/durable-file.ts";
import { exportedDirectories, exportedFiles } from "./parts.ts";

interface LateWork {
  /** Links come after all files, so that no file is ever written through one. */
  readonly links: { readonly path: string; readonly header: Header }[];
  /** Modes of directories come last, children before parents: one of them may forbid writing. */
  readonly directories: { readonly path: string; readonly header: Header }[];
}

/**
 * Writes the entries of an archive into a directory, which must be empty.
 *
 * @throws SluiceError HOME_UNUSABLE for an entry that has no place in a state home; errors of the archive as they are
 */
export async function unpack(archive: Readable, root: string, signal: AbortSignal | undefined): Promise<void> {
  const entries = extract();
  const late: LateWork = { links: [], directories: [] };
  const read = pipeline(archive, entries, { signal }).catch((error: unknown) => {
    entries.destroy(error as Error);
    throw error;
  });
  const write = async () => {
    for await (const entry of entries) {
      await unpackEntry(entry.header, entry, root, late);
      entry.resume();
    }
  };
  const [reading, writing] = await Promise.allSettled([read, write()]);
  if (writing.status === "rejected") throw writing.reason;
  if (reading.status === "rejected") throw reading.reason;
  for (const { path, header } of late.links) {
    await symlink(header.linkname, path);
    await own(path, header);
  }
  for (const { path, header } of late.directories.toReversed()) {
    await own(path, header);
    await chmod(path, modeOf(header));
    await syncDirectory(path);
  }
}

async function unpackEntry(
  header: Header,
  content: AsyncIterable<unknown>,
  root: string,
  late: LateWork,
): Promise<void> {
  const path = join(root, safeName(header.name));
  if (header.type === "directory") {
    await mkdir(path, { recursive: true, mode: 0o700 });
    late.directories.push({ path, header });
  } else if (header.type === "symlink" && header.name.startsWith("releases/")) {
    late.links.push({ path, header });
  } else if (header.type === "file") {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await pipeline(content, createWriteStream(path, { flags: "wx", mode: 0o600 }));
    await own(path, header);
    await using file = await open(path, "r");
    await file.chmod(modeOf(header));
    await file.sync();
  } else {
    throw refused(`${JSON.stringify(header.name)} is a ${header.type}`);
  }
}

/** A release's files belong to whom they belonged to in the checkout; only a superuser can say so. */
async function own(path: string, { uid, gid }: Header): Promise<void> {
  if (process.getuid?.() === 0) await lchown(path, uid, gid);
}

function modeOf({ mode, name }: Header): number {
  return name.startsWith("releases/") ? mode & 0o777 : mode & 0o700;
}

const topLevel: readonly string[] = [...exportedFiles, ...exportedDirectories];

function safeName(name: string): string {
  const parts = name.replace(/\/$/, "").split("/");
  const isSafe = parts.every((part) => part !== "" && part !== "." && part !== ".." && !part.includes("\0"));
  if (isSafe && topLevel.includes(parts[0] ?? "")) return parts.join("/");
  throw refused(`${JSON.stringify(name)} has no place in a state home`);
}

export function refused(reason: string): SluiceError {
  return new SluiceError("HOME_UNUSABLE", `this is no archive of a state home: ${reason}`, {
    hint: "give the file that `sluice state export` wrote",
  });
}
