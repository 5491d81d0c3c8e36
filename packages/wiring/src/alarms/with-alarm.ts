import { join } from "node:path";
import { isAbortOf, isSluiceError } from "@sluice/core";
import { isAnothers } from "@sluice/core/node";
import { guarded } from "../notify/delivery-findings.ts";
import { partsOf } from "../notify/tell.ts";
import type { Session } from "../session.ts";
import type { AlarmName } from "./alarm-notification.ts";
import { createAlarmStates } from "./alarm-states.ts";
import { type AlarmParts, tellAlarm } from "./tell-alarm.ts";
import { masked, type Trouble, troubleOf } from "./trouble.ts";

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
  const home = await session.home();
  if (home.isUnused) return run();
  const states = statesOf(home);
  const { alarm, troublesOf = () => [], say, lock, serving } = watched;
  if (session.options.isAttended) {
    const result = await run();
    // What was noted before is over. Where people were told of it, the next run that nobody looks at says so.
    await states.forgetNote(alarm).catch(() => undefined);
    return result;
  }
  const tell = (troubles: readonly Trouble[]) =>
    guarded(say, async () => {
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

/**
 * Leaves a note of a run that found the lock taken, without which nobody can be told: whoever tells people next tells it.
 *
 * @param error what taking the lock was refused with
 */
export async function noteHeld(session: Session, alarm: AlarmName, error: unknown): Promise<void> {
  if (session.options.isAttended || !isSluiceError(error) || error.code !== "LOCK_HELD") return;
  const home = await session.home();
  // What root leaves there, the owner of the home cannot use.
  if (!home.isUnused && !isAnothers(home.path))
    await statesOf(home).note(alarm, masked(troubleOf(error), session.redact));
}

const statesOf = ({ path }: { readonly path: string }) => createAlarmStates(join(path, "alarms"));

/** By a signal, or by an order. */
function isEndedByPerson(error: unknown, signal: AbortSignal | undefined): boolean {
  return (isSluiceError(error) && error.code === "ABORTED") || (signal !== undefined && isAbortOf(error, signal));
}
