import type { Slot } from "@sluice/core";
import type { DoorLink } from "./door-link.ts";
import { observeServers } from "./observe-traffic.ts";
import { activeAt } from "./parse-stat.ts";

/** Lets what is under way at a slot end, then closes what is left. See the port for what is promised. */
export async function drain(
  link: DoorLink,
  slot: Slot,
  timeoutMs: number,
  signal?: AbortSignal,
): Promise<{ readonly closed: number }> {
  const end = link.clock.monotonicMs() + timeoutMs;
  for (;;) {
    const rows = await observeServers(link, signal);
    const active = activeAt(rows, slot);
    if (active === 0) return { closed: 0 };
    const left = end - link.clock.monotonicMs();
    if (left <= 0) {
      const own = rows.filter((row) => row.slot === slot);
      await link.shell.ask(
        own.map(({ backend, server }) => `shutdown sessions server ${backend}/${server}`),
        signal,
      );
      return { closed: active };
    }
    await link.clock.sleep(Math.min(link.pollMs, left), signal);
  }
}
