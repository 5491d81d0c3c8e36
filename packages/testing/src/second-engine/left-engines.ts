import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { parent, pidOf } from "./names.ts";
import { networks, removeNetwork } from "./network.ts";

/** Removes what is left of engines whose process was killed: they themselves have ended with it. */
export async function removeLeftEngines(): Promise<void> {
  const isLeft = (name: string) => {
    const pid = pidOf(name);
    return pid !== undefined && !isAlive(pid);
  };
  // Another process may be at it.
  for (const name of (await networks()).filter(isLeft)) await removeNetwork(name).catch(() => undefined);
  const directories = (await readdir(parent)).filter(isLeft).map((name) => join(parent, name));
  for (const path of directories) await rm(path, { recursive: true, force: true, maxRetries: 10 });
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== "ESRCH";
  }
}
