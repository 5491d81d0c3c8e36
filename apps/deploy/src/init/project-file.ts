import { mkdir, open, readFile, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { fileError } from "../file-error.ts";

/** Text of a file; `null` when there is none. @throws SluiceError USAGE for what is no file, or cannot be read */
export async function readIfThere(
  path: string,
  hint = "see that it is a file that you may read",
): Promise<string | null> {
  return readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return null;
    throw fileError(error, `${path} cannot be read`, hint);
  });
}

/** Writes a file of the project whole or not at all, with the directories above it. @throws SluiceError USAGE */
export async function writeProjectFile(path: string, name: string, text: string): Promise<void> {
  const temporary = join(dirname(path), `.${basename(path)}.${process.pid}.tmp`);
  try {
    await mkdir(dirname(path), { recursive: true });
    await using file = await open(temporary, "wx", 0o644);
    await file.writeFile(text);
    await file.sync();
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw fileError(error, `${name} cannot be written`);
  }
}
