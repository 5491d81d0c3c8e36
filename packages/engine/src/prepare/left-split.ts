import type { Recovery } from "@sluice/core";

/**
 * An attempt is left as it is with users at both releases: what is before the one that serves is not what they came from, and whatever
 * came on top of it would lead all of them to where not all of it runs, and clear away what does. Pure.
 *
 * @param share percent of the users that reach the release that serves. Default: all
 */
export function isLeftSplit({ action }: Pick<Recovery, "action">, share = 100): boolean {
  return action === "leave" && share < 100;
}
