import { randomUUID } from "node:crypto";
import { type FileHandle, open, realpath, rename, rm, stat } from "node:fs/promises";
import { dirname } from "node:path";
import type { Writable } from "node:stream";
import { finished } from "node:stream/promises";
import { fileError } from "./file-error.ts";

type Write = (stream: Writable) => void | Promise<void>;

/** Whether what follows `-o` is the standard output, which is written to as it is, be it a file, a pipe or a socket. */
export function isStandardOutput(target: string): boolean {
  return target === "-" || target === "/dev/stdout";
}

/**
 * The file is there whole, or as it was; one that a link leads to stays where it is. What is no file, such as a pipe or a
 * device, stays what it is and is written as it comes.
 *
 * @param mode of the file, before the umask
 * @throws SluiceError USAGE where it cannot be written; what `write` throws, as it is
 */
export async function writeWhole(path: string, write: Write, { mode = 0o666 } = {}): Promise<void> {
  const failed = (error: unknown): never => {
    throw fileError(error, `${path} cannot be written`);
  };
  const target = await placeOf(path).catch(failed);
  if (target === null) {
    await writeInto(await open(path, "w").catch(failed), write, { flush: false, failed });
    return;
  }
  const temporary = `${target}.${randomUUID()}.tmp`;
  try {
    await writeInto(await open(temporary, "wx", mode).catch(failed), write, { flush: true, failed });
    await rename(temporary, target).catch(failed);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await syncDirectory(dirname(target)).catch(failed);
}

/** What a directory that may not be read, and network and user file systems, answer: the file is there all the same. */
const unsyncable = new Set(["EACCES", "EINVAL", "ENOTSUP", "EPERM", "EISDIR"]);

/** So that a name outlives a loss of power, where the file system can do that. */
async function syncDirectory(path: string): Promise<void> {
  try {
    await using directory = await open(path);
    await directory.sync();
  } catch (error) {
    if (!unsyncable.has((error as NodeJS.ErrnoException).code ?? "")) throw error;
  }
}

/** Where the file is, or is to be; `null` where something else is. */
async function placeOf(path: string): Promise<string | null> {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return null;
    throw error;
  });
  if (found === null) return path;
  return found.isFile() ? realpath(path) : null;
}

interface Writing {
  readonly flush: boolean;
  readonly failed: (error: unknown) => never;
}

/** The stream closes the file. */
async function writeInto(file: FileHandle, write: Write, { flush, failed }: Writing): Promise<void> {
  const stream = file.createWriteStream({ flush });
  const written = finished(stream);
  // Told of below, where `write` did not find out itself.
  written.catch(() => undefined);
  try {
    await write(stream);
    if (!stream.writableEnded) stream.end();
    await written;
  } catch (error) {
    stream.destroy();
    if (error === stream.errored) failed(error);
    throw error;
  }
}
