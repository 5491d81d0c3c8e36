import { basename, dirname } from "node:path";
import { trackedFiles } from "@sluice/release";

/** Whether git has a file, and with it every checkout; `null` where no repository is around it, or no git. @throws the signal's reason */
export async function isTracked(path: string, signal?: AbortSignal): Promise<boolean | null> {
  const tracked = await trackedFiles(dirname(path), basename(path), { signal });
  return tracked && tracked.length > 0;
}
