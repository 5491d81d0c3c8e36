import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { nowMs } from "../clock.ts";
import type { LoadCommand, LoadReply } from "./messages.ts";
import type { LoadProfile } from "./profile.ts";
import type { LoadResult } from "./result.ts";

export interface Load extends AsyncDisposable {
  /** Names the moment `at` (now, unless said otherwise): a phase of the result begins there. */
  readonly mark: (name: string, at?: number) => void;
  /**
   * Ends the load and gives its result, once the last answers are there. Rejects if the process died, or the load had met a
   * bound of its profile before: of what came later it says nothing, and so not that nothing was lost.
   */
  readonly stop: () => Promise<LoadResult>;
}

/** Starts the load in a process of its own. Disposing of it ends the process, with or without a result. */
export async function startLoad(profile: LoadProfile): Promise<Load> {
  const child = fork(join(import.meta.dirname, "process.ts"), {
    execArgv: ["--conditions=sluice-source"],
    serialization: "advanced",
  });
  const exited = once(child, "exit");
  const replies: { [type in LoadReply["type"]]: PromiseWithResolvers<Extract<LoadReply, { type: type }>> } = {
    started: Promise.withResolvers(),
    result: Promise.withResolvers(),
  };
  // Whoever awaits a reply sees the rejection; one that nobody awaits is no error.
  for (const { promise } of Object.values(replies)) promise.catch(() => {});
  child.on("message", (message: LoadReply) => {
    if (message.type === "started") replies.started.resolve(message);
    else replies.result.resolve(message);
  });
  child.on("exit", (code, signal) => {
    const error = new Error(`the load generator ended with ${signal ?? code} before it had a result`);
    for (const { reject } of Object.values(replies)) reject(error);
  });
  const send = (command: LoadCommand) => void child.send(command);

  send({ type: "start", profile });
  await replies.started.promise;
  return {
    mark: (name, at = nowMs()) => send({ type: "mark", mark: { name, at } }),
    stop: async () => {
      send({ type: "stop" });
      const { result } = await replies.result.promise;
      const { endedBy, startedAt, endedAt, requests } = result;
      if (endedBy === "stop") return result;
      const what = `${requests} requests in ${Math.round((endedAt - startedAt) / 1_000)} s`;
      throw new Error(`the load ended by itself after ${what} (${endedBy}): what came later it has not seen`);
    },
    [Symbol.asyncDispose]: async () => {
      if (child.exitCode === null && child.signalCode === null) child.kill("SIGKILL");
      await exited;
    },
  };
}
