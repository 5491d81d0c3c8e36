import { once } from "node:events";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import type { ArgumentsWatched } from "./arguments-worker.ts";

/**
 * Ends the watch and resolves with the arguments that hold a secret. It rejects unless a process was seen for each of the
 * `witnesses`, texts of its arguments: who saw nothing of an operation has not proven that it shows nothing. The second time
 * it is called, nothing more is seen.
 */
export type StopWatching = (...witnesses: readonly string[]) => Promise<readonly string[]>;

/**
 * Looks at the arguments of every process of this machine again and again, in a thread of its own, until it is stopped.
 * Resolves when it does.
 *
 * @param secrets searched for in them
 */
export async function watchArguments(...secrets: readonly string[]): Promise<StopWatching> {
  const worker = new Worker(join(import.meta.dirname, "arguments-worker.ts"));
  await once(worker, "message");
  const stop = async () => {
    const answer = once(worker, "message");
    worker.postMessage("stop");
    const [seen] = (await answer) as [ArgumentsWatched];
    await worker.terminate();
    return seen;
  };
  let stopped: Promise<ArgumentsWatched> | undefined;
  return async (...witnesses) => {
    const { lines, looks } = await (stopped ??= stop());
    const unseen = witnesses.filter((text) => !lines.some((line) => line.includes(text)));
    if (unseen.length > 0) {
      const count = `${looks} looks at ${lines.length} different arguments`;
      throw new Error(`${count} saw no process of ${unseen.join(", ")}: that no secret was seen proves nothing`);
    }
    return lines.filter((line) => secrets.some((secret) => line.includes(secret)));
  };
}
