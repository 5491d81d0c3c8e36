import { mkdir, readFile } from "node:fs/promises";
import { dirname } from "node:path";
import { fileError } from "../file-error.ts";
import { writeWhole } from "../write-whole.ts";

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
  await mkdir(dirname(path), { recursive: true }).catch((error: unknown) => {
    throw fileError(error, `${name} cannot be written`);
  });
  await writeWhole(path, (stream) => void stream.write(text), { mode: 0o644 });
}
