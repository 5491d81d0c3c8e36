import type { DoorRouting } from "@sluice/core";
import { formatRouting, parseRouting } from "../door/routing-value.ts";

/**
 * Caddy has no value that can be changed while it runs, and a new configuration resets connections that users keep open.
 * What it can do for each request is to look for a file: so the routing is the name of an empty file in a directory of its own.
 * The first of several names counts, so each new one has a lower number; the one before it stays until the next change,
 * as a request may just have read its name.
 */
export const routingPrefix = "routing.";
export const firstNumber = 999_999_999;

export function routingName(number: number, routing: DoorRouting): string {
  return `${routingPrefix}${number}.${formatRouting(routing)}`;
}

/** Of a name, with or without the slash that Caddy puts before it. `null` for anything else. */
export function parseRoutingName(name: string): DoorRouting | null {
  const found = /^\/?routing\.\d{9}\.(\S+)$/.exec(name.trim());
  return found?.[1] === undefined ? null : parseRouting(found[1]);
}
