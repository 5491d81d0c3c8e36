import { type Clock, within } from "@sluice/core";
import type { Attempt } from "../channels/answer.ts";
import type { Channel, Content } from "../channels/channel.ts";

/** How often one run tries, how long one attempt may take, and how long the first wait between two is. Milliseconds. */
export interface RetryPolicy {
  readonly attempts: number;
  readonly attemptMs: number;
  readonly backOffMs: number;
}

export const defaultRetries: RetryPolicy = { attempts: 3, attemptMs: 5_000, backOffMs: 500 };

export interface Delivery {
  readonly attempts: number;
  /** The last attempt. */
  readonly last: Attempt;
  /** Of several recipients those that have got it, with those that had it before. */
  readonly reached: readonly string[];
}

/**
 * Tries until it is delivered, refused, or out of attempts or time. What has an unknown fate is tried again only where
 * the receiver knows a copy by its id. Waits double, and `Retry-After` makes them longer, never shorter.
 * An attempt at a slow channel ends with the signal alone.
 */
export async function deliver(
  channel: Channel,
  content: Omit<Content, "at">,
  { attempts, attemptMs, backOffMs }: RetryPolicy,
  clock: Clock,
  signal: AbortSignal,
): Promise<Delivery> {
  let { reached } = content;
  if (signal.aborted) return { attempts: 0, last: { result: "retry", reason: "no time was left for it" }, reached };
  for (let attempt = 1; ; attempt++) {
    const attemptOnce = (inner: AbortSignal) =>
      settled(channel.send({ ...content, reached, at: clock.now() }, inner), clock, inner);
    const last = await (channel.isSlow ? attemptOnce(signal) : within(clock, attemptMs, signal, attemptOnce));
    if ("reached" in last) reached = [...reached, ...(last.reached ?? [])];
    const isOver = last.result === "delivered" || last.result === "refused";
    if (isOver || attempt >= attempts || signal.aborted) return { attempts: attempt, last, reached };
    if (last.result === "uncertain" && !channel.isRepeatable) return { attempts: attempt, last, reached };
    const asked = last.result === "retry" ? (last.afterMs ?? 0) : 0;
    const waitMs = Math.max(asked, backOffMs * 2 ** (attempt - 1));
    // What asks for more patience than a deployment has is left to a later run.
    if (asked > longestWaitMs || !(await waited(clock, waitMs, signal))) return { attempts: attempt, last, reached };
  }
}

const longestWaitMs = 30_000;

async function waited(clock: Clock, ms: number, signal: AbortSignal): Promise<boolean> {
  try {
    await clock.sleep(ms, signal);
    return true;
  } catch {
    return false;
  }
}

/** What a channel gets to say what became of an attempt after its time is over, milliseconds. */
export const graceMs = 250;

/** A channel that does not heed its signal is left behind after a short grace. */
async function settled(sending: Promise<Attempt>, clock: Clock, signal: AbortSignal): Promise<Attempt> {
  const stop = new AbortController();
  const left = new Promise<Attempt>((resolve) => {
    const leave = () => {
      clock.sleep(graceMs, stop.signal).then(
        () => resolve({ result: "uncertain", reason: "no answer in time" }),
        () => undefined,
      );
    };
    if (signal.aborted) leave();
    else signal.addEventListener("abort", leave, { once: true, signal: stop.signal });
  });
  try {
    return await Promise.race([sending, left]);
  } catch (error) {
    return { result: "uncertain", reason: `fails (${error instanceof Error ? error.name : "unknown error"})` };
  } finally {
    stop.abort(new Error("this wait is not needed any more"));
  }
}
