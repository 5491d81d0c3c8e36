import { type Clock, type ContainerLogs, isSluiceError, type LogSpan, type WrittenLine } from "@sluice/core";

/** Between the end of a log and the next look at whether it goes on: a container that was restarted writes again. */
const pauseMs = 1_000;

export interface FollowedLog {
  /** Why its lines cannot be read at the moment; `null` while they can. */
  readonly broken: string | null;
  /** Settles after the signal aborted. */
  readonly done: Promise<void>;
}

/** Lines of a container from now on, over restarts and lost connections, each once, until the signal aborts. */
export function followLines(
  { logs, clock }: { readonly logs: ContainerLogs; readonly clock: Clock },
  container: string,
  span: LogSpan,
  onLine: (line: WrittenLine) => void,
  signal: AbortSignal,
): FollowedLog {
  const followed: { broken: string | null; done: Promise<void> } = { broken: null, done: Promise.resolve() };
  const begin = clock.now();
  let latest = "";
  const read = async (from: LogSpan) => {
    const known = latest;
    try {
      for await (const line of logs.lines(container, from, signal)) {
        followed.broken = null;
        if (line.at <= known) continue;
        latest = line.at;
        onLine(line);
      }
      followed.broken = null;
    } catch (error) {
      if (signal.aborted) return;
      if (!isSluiceError(error)) throw error;
      followed.broken = error.message;
    }
  };
  const follow = async () => {
    await read(span);
    while (!signal.aborted) {
      await clock.sleep(pauseMs, signal).catch(() => undefined);
      if (!signal.aborted) await read({ since: latest === "" ? begin : new Date(latest) });
    }
  };
  followed.done = follow();
  // Whoever looks meets it; until then it is nobody's.
  followed.done.catch(() => undefined);
  return followed;
}
