import { cp, lstat, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { type BundleFile, SluiceError } from "@sluice/core";

/** Copies what services mount into the bundle: modes and links kept, links that lead out left as they are. */
export async function copyMounted(files: readonly BundleFile[], destination: string): Promise<void> {
  await mkdir(destination, { recursive: true, mode: 0o700 });
  for (const { source, name } of files) {
    if (name === "" || name.includes("/") || name === "." || name === "..") {
      throw new SluiceError("NAME_INVALID", `${JSON.stringify(name)} is no name for a file of a bundle`);
    }
    const stats = await lstat(source).catch(() => null);
    if (!stats) continue;
    await cp(source, join(destination, name), {
      recursive: true,
      verbatimSymlinks: true,
      // The mounted path itself may be a link; what it leads to is what the service saw.
      dereference: stats.isSymbolicLink(),
      errorOnExist: true,
      force: false,
      preserveTimestamps: true,
      // Sockets and pipes are not content.
      filter: async (path) => {
        const entry = await lstat(path);
        return entry.isFile() || entry.isDirectory() || entry.isSymbolicLink();
      },
    });
  }
}
