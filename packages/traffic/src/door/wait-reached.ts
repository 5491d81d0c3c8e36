import { formatDuration, isSluiceError, type Slot, SluiceError } from "@sluice/core";
import type { DoorLink } from "./door-link.ts";

/** A server as the door has it. */
export interface SeenServer {
  readonly isReached: boolean;
  readonly address: string;
  /** What it answered, or why it did not, for people. */
  readonly answer: string;
}

export interface ReachedRequest {
  readonly slot: Slot;
  /** Servers that must be reached. */
  readonly count: number;
  readonly timeoutMs: number;
  /** Those of the slot. It may throw what is retryable while a door starts or reloads. */
  readonly look: () => Promise<readonly SeenServer[]>;
}

/**
 * Waits until a door reaches so many servers of a slot.
 *
 * @throws SluiceError NOT_READY after `timeoutMs`; what the last look threw, if it did; at once what is not retryable, as
 * where the door is gone; the signal's reason
 */
export async function waitReached(
  { door, clock, pollMs }: Pick<DoorLink, "door" | "clock" | "pollMs">,
  { slot, count, timeoutMs, look }: ReachedRequest,
  signal?: AbortSignal,
): Promise<void> {
  const end = clock.monotonicMs() + timeoutMs;
  for (;;) {
    const [looked] = await Promise.allSettled([look()]);
    signal?.throwIfAborted();
    const servers = looked.status === "fulfilled" ? looked.value : [];
    const reached = servers.filter(({ isReached }) => isReached).length;
    if (looked.status === "fulfilled" && reached >= count) return;
    const left = end - clock.monotonicMs();
    if (looked.status === "rejected" && isSluiceError(looked.reason) && !looked.reason.retryable) throw looked.reason;
    if (left <= 0 && looked.status === "rejected") throw looked.reason;
    if (left <= 0) {
      const answers = new Set(servers.flatMap(({ isReached, answer }) => (isReached ? [] : [answer])));
      const why = answers.size > 0 ? `: ${[...answers].join(", ")}` : "";
      throw new SluiceError(
        "NOT_READY",
        `door ${door} reaches ${reached} of ${count} servers of ${slot} after ${formatDuration(timeoutMs)}${why}`,
        {
          hint: "see that the application listens on all addresses (0.0.0.0) of the port that the door expects, and that its health path, if it has one, answers 2xx or 3xx",
          detail: servers.map(({ address, answer }) => `${address}: ${answer}`).join("\n"),
        },
      );
    }
    await clock.sleep(Math.min(pollMs, left), signal);
  }
}
