import { statfs } from "node:fs/promises";
import type { Engine } from "./engine.ts";

/** Bytes that are free where the engine has its directory: known only where that is on this machine. */
export async function freeDisk(engine: Engine, directory: string | undefined): Promise<number | null> {
  const { kind } = await engine.endpoint();
  if (kind !== "unix" || !directory) return null;
  try {
    const { bavail, bsize } = await statfs(directory);
    return bavail * bsize;
  } catch {
    return null;
  }
}
