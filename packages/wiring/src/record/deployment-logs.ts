import { type DeploymentLogs, isSluiceError, type LogOrigin, type Redact } from "@sluice/core";
import type { KeptLogs, LogWriter } from "@sluice/journal";
import type { Session } from "../session.ts";

/**
 * Lines of one container that are read at most, from its newest on: ten containers take few seconds then, however long they have
 * been writing. With 100 bytes a line it is what is kept of one anyway.
 */
const mostLines = 100_000;
/** What is read of each before all of it: it says why something failed, and is there in a moment. */
const newestLines = 1_000;
/** The engine makes parts of a longer line, and counts these. */
const linePartBytes = 16_384;

type Runtime = Pick<ReturnType<Session["runtime"]>, "followLogs">;

/** Logs of deployments from the engine into the state home, with everything masked that is known to be secret. */
export function createDeploymentLogs(kept: KeptLogs, runtime: Runtime, redact: Redact): DeploymentLogs {
  const writers = new Map<string, LogWriter>();
  const closeAll = () => {
    const open = [...writers.values()];
    writers.clear();
    for (const writer of open) writer[Symbol.dispose]();
  };
  const keyOf = (deployment: string, { place, container }: LogOrigin) => [deployment, place, container].join(" ");
  const writerOf = (deployment: string, origin: LogOrigin) => {
    const key = keyOf(deployment, origin);
    const writer = writers.get(key) ?? kept.open(deployment, origin);
    writers.set(key, writer);
    return writer;
  };
  /** The disk is full by now, and others need what is left of it more. */
  const giveBackRoom = async (deployment: string, error: unknown) => {
    if (!isOutOfRoom(error)) return;
    closeAll();
    await kept.remove(deployment).catch(() => undefined);
  };
  const copy = async (deployment: string, id: string, origin: LogOrigin, tail: number, signal: AbortSignal) => {
    // One more tells whether there is more.
    const lines = runtime.followLogs([id], { tail: tail + 1, signal });
    using log = kept.replace(deployment, origin);
    let parts = 0;
    let failure: unknown;
    try {
      for await (const { stream, text } of lines) {
        parts += 1 + Math.floor(Buffer.byteLength(text) / linePartBytes);
        log.write({ stream, text: redact(text) });
      }
    } catch (error) {
      if (!isSluiceError(error) || error.code === "DISK_FULL") throw error;
      failure = error;
    }
    const endedEarly = signal.aborted || failure !== undefined;
    // What is there is the newest of it, or all.
    if (parts > 0 && !(endedEarly && kept.has(deployment, origin))) {
      if (endedEarly) log.write({ stream: "stderr", text: "[sluice: the rest could not be read]" });
      if (parts > tail) log.markCut();
      log.place();
    }
    if (failure !== undefined) throw failure;
  };
  return {
    note(deployment, origin, { stream, text }) {
      try {
        writerOf(deployment, origin).write({ stream, text: redact(text) });
      } catch (error) {
        writers.get(keyOf(deployment, origin))?.[Symbol.dispose]();
        writers.delete(keyOf(deployment, origin));
        void giveBackRoom(deployment, error);
        throw error;
      }
    },
    async keep(deployment, { id, ...origin }, signal) {
      try {
        for (const tail of [newestLines, mostLines]) {
          if (!signal.aborted) await copy(deployment, id, origin, tail, signal);
        }
      } catch (error) {
        await giveBackRoom(deployment, error);
        throw error;
      }
    },
    has: async (deployment, origin) => kept.has(deployment, origin),
    async services(deployment) {
      return [...new Set((await kept.of(deployment)).map(({ origin }) => origin.service))];
    },
    async discard(deployment) {
      closeAll();
      await kept.remove(deployment);
    },
    async prune(mostDeployments) {
      closeAll();
      await kept.prune(mostDeployments);
    },
  };
}

function isOutOfRoom(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === "ENOSPC" || code === "EDQUOT";
}
