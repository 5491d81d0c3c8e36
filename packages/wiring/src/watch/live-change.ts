import type { SeenStack } from "@sluice/engine";
import type { Session } from "../session.ts";
import { seeStack } from "../status/find-serving.ts";

/** No door tells when it leads users elsewhere: it is asked. */
const askMs = 3_000;

export interface LiveMove {
  readonly seen: SeenStack;
  /** ISO 8601: the last moment in which it was not so yet. */
  readonly since: string;
}

/** Sees when another slot becomes the live one. Disposing ends it. */
export interface LiveWatch extends AsyncDisposable {
  /** Aborts then, and with the signal that was given. */
  readonly signal: AbortSignal;
  /** What was seen then, also where that is only now; `null` where the live slot is the same still. */
  moved(): Promise<LiveMove | null>;
}

/** A look that fails says nothing of who is live; nor does a stack in which nobody is. */
export function whileLive(session: Session, { live }: SeenStack, outer: AbortSignal | undefined): LiveWatch {
  const { clock } = session;
  const gone = new AbortController();
  const signal = outer ? AbortSignal.any([outer, gone.signal]) : gone.signal;
  let before = clock.now().toISOString();
  let found: LiveMove | null = null;
  const look = async () => {
    const asked = clock.now().toISOString();
    const seen = await seeStack(session, outer).catch(() => null);
    const isOther = seen?.live && (seen.live.slot !== live?.slot || seen.live.release !== live.release);
    if (seen && isOther) found = { seen, since: before };
    before = asked;
  };
  const looking = (async () => {
    while (!signal.aborted && !found) {
      await clock.sleep(askMs, signal).catch(() => undefined);
      if (!signal.aborted) await look();
    }
    gone.abort();
  })();
  return {
    signal,
    async moved() {
      if (outer?.aborted) return null;
      gone.abort();
      await looking;
      if (!found) await look();
      return found;
    },
    async [Symbol.asyncDispose]() {
      gone.abort();
      await looking;
    },
  };
}
