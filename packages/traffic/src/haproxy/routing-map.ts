import type { DoorRouting } from "@sluice/core";
import { formatRouting, parseRouting } from "../door/routing-value.ts";

/**
 * The whole routing is one value under one key, so that a single command changes all of it: with a key each, a request
 * could meet the new stable slot with the old share.
 */
export const routingKey = "route";

export function formatRoutingFile(routing: DoorRouting): string {
  return `${routingKey} ${formatRouting(routing)}\n`;
}

/** Reads the value out of what `show map` answers, or out of the file. */
export function findRouting(listing: string): DoorRouting | null {
  const found = /^(?:0x[0-9a-f]+ )?route (\S+)$/m.exec(listing);
  return found?.[1] === undefined ? null : parseRouting(found[1]);
}
