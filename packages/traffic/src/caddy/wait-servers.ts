import { type Slot, SluiceError } from "@sluice/core";
import type { DoorLink } from "./door-link.ts";
import { type ObservedServer, observeServers } from "./observe-servers.ts";

/** Waits until `count` servers of a slot answer in the door's own network, and for a door that is just starting. */
export async function waitServers(
  link: DoorLink,
  slot: Slot,
  count: number,
  timeoutMs: number,
  signal?: AbortSignal,
): Promise<void> {
  const end = link.clock.monotonicMs() + timeoutMs;
  for (;;) {
    const { servers, failed } = await observeServers(link, signal).then(
      (all): { servers: readonly ObservedServer[]; failed: unknown } => ({
        servers: all.filter((server) => server.slot === slot),
        failed: null,
      }),
      (error: unknown) => ({ servers: [], failed: error }),
    );
    signal?.throwIfAborted();
    const reached = servers.filter(({ isReached }) => isReached).length;
    if (failed === null && reached >= count) return;
    const left = end - link.clock.monotonicMs();
    // A door that has just been started does not answer yet.
    if (left <= 0 && failed !== null) throw failed;
    if (left <= 0) {
      throw new SluiceError(
        "NOT_READY",
        `door ${link.door} reaches ${reached} of ${count} servers of ${slot} after ${timeoutMs} ms`,
        {
          hint: "see that the application listens on all addresses (0.0.0.0) of the port that the door expects, and that its health path answers 2xx or 3xx",
          detail: servers.map(({ address, answer }) => `${address} ${answer}`).join("\n"),
        },
      );
    }
    await link.clock.sleep(Math.min(link.pollMs, left), signal);
  }
}
