import { join } from "node:path";
import { isAbortOf, isSluiceError } from "@sluice/core";
import { guarded } from "../notify/delivery-findings.ts";
import { partsOf } from "../notify/tell.ts";
import type { Session } from "../session.ts";
import type { AlarmName } from "./alarm-notification.ts";
import { createAlarmStates } from "./alarm-states.ts";
import { type AlarmParts, tellAlarm } from "./tell-alarm.ts";
import { type Trouble, troubleOf } from "./trouble.ts";

/** What is looked after, and how. */
export interface Watched<T> extends Pick<AlarmParts, "lock" | "serving" | "say"> {
  readonly alarm: AlarmName;
  /** What a result says to be wrong. Default: nothing. */
  readonly troublesOf?: ((result: T) => readonly Trouble[]) | undefined;
}

/**
 * Runs what looks after production between deployments, and tells people when it begins to fail, and when that is over. Telling changes
 * nothing of what the run gives or throws. Where a person sees it, or has ended it, nobody is told, and nothing is remembered: the next run
 * that nobody looks at tells it. Where nothing was ever deployed nobody is told either, and the state home stays as it is: what is put into it
 * would be taken for the stack's.
 */
export async function withAlarm<T>(
  session: Session,
  watched: Watched<T>,
  signal: AbortSignal | undefined,
  run: () => Promise<T>,
): Promise<T> {
  if (session.options.isAttended || (await session.home()).isUnused) return run();
  const { alarm, troublesOf = () => [], say, lock, serving } = watched;
  const tell = (troubles: readonly Trouble[]) =>
    guarded(say, async () => {
      const states = createAlarmStates(join((await session.home()).path, "alarms"));
      return tellAlarm({ ...(await partsOf(session)), states, say, lock, serving }, alarm, troubles, signal);
    });
  let result: T;
  try {
    result = await run();
  } catch (error) {
    if (!isEndedByPerson(error, signal)) await tell([troubleOf(error)]);
    throw error;
  }
  await tell(troublesOf(result));
  return result;
}

/** By a signal, or by an order. */
function isEndedByPerson(error: unknown, signal: AbortSignal | undefined): boolean {
  return (isSluiceError(error) && error.code === "ABORTED") || (signal !== undefined && isAbortOf(error, signal));
}
