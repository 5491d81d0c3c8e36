import { type Clock, type ContainerLogs, type LogSpan, messageOf, type WrittenLine } from "@sluice/core";

/** Between the end of a log and the next look at whether it goes on: a container that was restarted writes again. */
const pauseMs = 1_000;

export interface FollowedLog {
  /** Why its lines cannot be read at the moment; `null` while they can. */
  readonly broken: string | null;
  /** Settles when everything is read that was written before it was followed, or could not be read; never rejects. */
  readonly caughtUp: Promise<void>;
  /** Settles after the signal aborted; never rejects. */
  readonly done: Promise<void>;
}

/**
 * Lines of a container from a moment on, or from now, over restarts and lost connections, each once, until the signal
 * aborts.
 */
export function followLines(
  { logs, clock }: { readonly logs: ContainerLogs; readonly clock: Clock },
  container: string,
  since: LogSpan["since"],
  onLine: (line: WrittenLine) => void,
  signal: AbortSignal,
): FollowedLog {
  const now = clock.now();
  const begin = since === "now" ? now : since;
  let broken: string | null = null;
  let latest = "";
  const read = async (from: LogSpan) => {
    const known = latest;
    try {
      for await (const line of logs.lines(container, from, signal)) {
        if (line.at <= known) continue;
        latest = line.at;
        onLine(line);
      }
      broken = null;
    } catch (error) {
      if (signal.aborted) return;
      broken = messageOf(error);
    }
  };
  // What is followed does not say where that ends.
  const caughtUp = since === "now" ? Promise.resolve() : read({ since, until: now });
  const follow = async () => {
    await caughtUp;
    let from: LogSpan["since"] = since === "now" ? since : latestOr(begin);
    while (!signal.aborted) {
      // One that is followed and silent does not show that it can be read again; one that ends does.
      if (broken !== null) await read({ since: latestOr(begin), until: clock.now() });
      if (broken === null) await read({ since: from });
      if (signal.aborted) return;
      await clock.sleep(pauseMs, signal).catch(() => undefined);
      from = latestOr(begin);
    }
  };
  return {
    get broken() {
      return broken;
    },
    caughtUp,
    done: follow(),
  };

  function latestOr(first: Date): Date {
    return latest === "" ? first : new Date(latest);
  }
}
