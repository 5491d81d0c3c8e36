import type { ObservedContainer } from "../../model/stack.ts";
import type { WatchedPrevious, WatchTarget } from "../../model/watch-target.ts";
import { containersByService } from "../doors/probe-target.ts";

/** Younger than this before what is looked at begins, there is nothing to compare it with. */
const settledMs = 60_000;

type Whose = Pick<WatchTarget, "stack" | "slot" | "release"> & { readonly containers: readonly ObservedContainer[] };

/**
 * What is watched where nothing else runs beside it: containers that have all users, looked at since `from` and compared with
 * what they did themselves before that; one that has started since, with nothing. A clock that was ahead moves that to `now`: nothing
 * is written in the future. Pure.
 */
export function selfCompared({ containers, ...whose }: Whose, from: Date, now: Date): WatchTarget {
  const starts = containers.flatMap(({ startedAt }) => (startedAt === "" ? [] : [Date.parse(startedAt)]));
  const youngest = Math.max(0, ...starts);
  const since = new Date(Math.min(now.getTime(), Math.max(from.getTime(), youngest)));
  const ids = containersByService(containers);
  const isSettled = since.getTime() - youngest >= settledMs;
  const itself: WatchedPrevious = { release: whose.release, containers: ids, share: 0, servedUntil: since };
  return { ...whose, containers: ids, share: 100, since, previous: isSettled ? itself : null };
}
