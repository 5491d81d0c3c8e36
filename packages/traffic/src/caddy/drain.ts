import { type Slot, SluiceError } from "@sluice/core";
import type { DoorLink } from "../door/door-link.ts";
import { doorFiles } from "./door-files.ts";
import { loadScript, refusalOf } from "./load-config.ts";
import { observeActive } from "./observe-traffic.ts";

/** How long closed connections may take to be gone, in milliseconds. */
const closingMs = 2_000;

/**
 * Lets what is under way at a slot end. What is left then can only be closed by loading the configuration anew: that ends
 * the WebSockets of both slots, and leaves ordinary requests the time that a replaced configuration has.
 */
export async function drain(
  link: DoorLink,
  slot: Slot,
  timeoutMs: number,
  signal?: AbortSignal,
): Promise<{ readonly closed: number }> {
  const { clock, shell, door } = link;
  const end = clock.monotonicMs() + timeoutMs;
  const left = await waitIdle(link, slot, end, signal);
  if (left === 0) return { closed: 0 };
  const refusal = refusalOf(await shell.run(loadScript(doorFiles.config, { isForced: true }), signal));
  if (refusal !== null) {
    throw new SluiceError("DOOR_FAILED", `door ${door} did not close the connections of ${slot}`, {
      hint: `look at \`docker logs ${door}\``,
    });
  }
  const open = await waitIdle(link, slot, clock.monotonicMs() + closingMs, signal);
  return { closed: Math.max(0, left - open) };
}

/** What is still under way at `end`. */
async function waitIdle(link: DoorLink, slot: Slot, end: number, signal?: AbortSignal): Promise<number> {
  for (;;) {
    const active = await observeActive(link, slot, signal);
    const left = end - link.clock.monotonicMs();
    if (active === 0 || left <= 0) return active;
    await link.clock.sleep(Math.min(link.pollMs, left), signal);
  }
}
