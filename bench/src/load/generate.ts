import { setTimeout as sleep } from "node:timers/promises";
import { seededRandom } from "@sluice/testing/random";
import { nowMs } from "../clock.ts";
import type { Answer } from "./answer.ts";
import type { Mark } from "./phases.ts";
import type { LoadProfile } from "./profile.ts";
import { type LoadEnd, type LoadResult, summarise } from "./result.ts";
import { dueAt, nextRequest } from "./schedule.ts";
import { createClient, type RequestOptions, sendRequest } from "./send-request.ts";
import { keepSocketOpen, type SocketRecords } from "./sockets.ts";

export interface Generator {
  readonly mark: (mark: Mark) => void;
  /** Ends the sending; the result comes when the last answer is there or has timed out. */
  readonly stop: () => Promise<LoadResult>;
}

/** Starts a load in this process. It ends at `stop`, or at the profile's bounds. */
export function generateLoad(profile: LoadProfile): Generator {
  const origin = new URL(profile.url);
  const clients = Array.from({ length: profile.clients }, (_, number) => createClient(number, profile.keepAlive));
  const clientOf = (number: number) => clients[number % clients.length] ?? createClient(0, profile.keepAlive);
  const ending = new AbortController();
  const startedAt = nowMs();
  const answers: Answer[] = [];
  const marks: Mark[] = [];
  const sockets: SocketRecords = { lives: [], refused: [] };
  const pending = new Set<Promise<void>>();
  let sent = 0;

  let ended: { readonly endedAt: number; readonly endedBy: LoadEnd } | undefined;
  const end = (endedBy: LoadEnd) => {
    ended ??= { endedAt: nowMs(), endedBy };
    ending.abort();
    return ended;
  };
  const deadline = setTimeout(() => end("maxDurationMs"), profile.maxDurationMs);

  function send(client: number, options: Omit<RequestOptions, "timeoutMs">): Promise<void> {
    sent += 1;
    if (sent >= profile.maxRequests) end("maxRequests");
    const answer = sendRequest(origin, clientOf(client), { ...options, timeoutMs: profile.timeoutMs });
    const done = answer.then((record) => void answers.push(record)).finally(() => pending.delete(done));
    pending.add(done);
    return done;
  }

  const random = seededRandom(profile.seed);
  const ordinary = atDueTimes(profile.ratePerSecond, startedAt, ending.signal, (due) => {
    const { client, ...planned } = nextRequest(profile, random);
    void send(client, { stream: "ordinary", ...planned, dueAt: due });
  });
  const slow = profile.slow.map(({ path, ratePerSecond }) =>
    atDueTimes(ratePerSecond, startedAt, ending.signal, (due, index) => {
      void send(index, { stream: "slow", method: "GET", path, dueAt: due });
    }),
  );
  const polls = Array.from({ length: profile.polls.clients }, async (_, number) => {
    while (!ending.signal.aborted) {
      const due = nowMs();
      await send(number, { stream: "poll", method: "GET", path: profile.polls.path, dueAt: due });
      // A server that is away would be asked in a busy loop.
      if (nowMs() - due < 100) await sleep(100);
    }
  });
  const socketUrl = new URL(profile.sockets.path, profile.url.replace(/^http/, "ws"));
  const opened = Array.from({ length: profile.sockets.clients }, (_, number) =>
    keepSocketOpen(socketUrl, clientOf(number), sockets, ending.signal),
  );

  return {
    mark: (mark) => void marks.push(mark),
    stop: async () => {
      const { endedAt, endedBy } = end("stop");
      clearTimeout(deadline);
      await Promise.all([ordinary, ...slow, ...polls, ...opened]);
      await Promise.all(pending);
      for (const { agent } of clients) agent.destroy();
      return summarise({ startedAt, endedAt, endedBy, answers, marks, sockets });
    },
  };
}

/** Calls `onDue` for each due time of a stream, never before it, and at once for those that were missed. */
async function atDueTimes(
  ratePerSecond: number,
  startAt: number,
  signal: AbortSignal,
  onDue: (due: number, index: number) => void,
): Promise<void> {
  if (ratePerSecond <= 0) return;
  for (let index = 0; !signal.aborted; index += 1) {
    const due = dueAt(startAt, ratePerSecond, index);
    // A timer may fire up to a millisecond early.
    for (let wait = due - nowMs(); wait > 0 && !signal.aborted; wait = due - nowMs()) {
      await sleep(Math.max(1, wait), undefined, { signal }).catch(() => {});
    }
    if (!signal.aborted) onDue(due, index);
  }
}
