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
  const begin = link.clock.monotonicMs();
  const end = begin + timeoutMs;
  for (;;) {
    const rows = await observeServers(link, signal);
    const active = activeAt(rows, slot);
    if (active === 0) return { closed: 0 };
    const now = link.clock.monotonicMs();
    const left = end - now;
    if (left <= 0) {
      const own = rows.filter((row) => row.slot === slot);
      await link.shell.ask(
        own.map(({ backend, server }) => `shutdown sessions server ${backend}/${server}`),
        signal,
      );
      return { closed: active };
    }
    await link.clock.sleep(Math.min(pauseMs(link, now - begin), left), signal);
  }
}

/** The longer it takes, the less a little more matters: HAProxy tells nobody that a connection ended, it must be asked. */
function pauseMs({ pollMs }: DoorLink, sinceMs: number): number {
  return Math.max(pollMs, Math.min(500, sinceMs / 10));
}
