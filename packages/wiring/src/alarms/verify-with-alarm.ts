import type { Serving, Verdict } from "@sluice/core";
import { lastLiveRelease, servingOf } from "@sluice/engine";
import { isDeploying, readLockHolder } from "@sluice/journal";
import type { VerifyCall } from "../deployer.ts";
import { lockStack } from "../home/lock.ts";
import type { Session } from "../session.ts";
import { seeStack } from "../status/find-serving.ts";
import { telling } from "../telling.ts";
import { verifyLive } from "../watch/verify.ts";
import { troublesOf } from "./trouble.ts";
import { withAlarm } from "./with-alarm.ts";

/** For what is written down before and after, milliseconds. */
const afterTellingMs = 1_000;

/**
 * `verifyLive`, and people are told when checks begin to fail, and when all pass again; not while a deployment runs, which judges what it does
 * itself and tells how it ends.
 *
 * @throws SluiceError as `verifyLive`
 */
export async function verifyWithAlarm(
  session: Session,
  { onFinding = telling(session) }: VerifyCall,
  signal: AbortSignal = new AbortController().signal,
): Promise<readonly Verdict[]> {
  // Asked for with the signal, before the home, whose name it may say. What it finds wrong is told where the project is needed.
  session.project(signal).catch(() => undefined);
  const run = () => verifyLive(session, signal);
  if (isDeploying(await readLockHolder(await session.home()))) return run();
  const lock = async () => {
    const { notify } = await session.config();
    const call = { reason: "tells people of checks", atMostMs: notify.timeout + afterTellingMs };
    return lockStack(session, call, "none", signal);
  };
  const serving = () => readServing(session, signal);
  return withAlarm(session, { alarm: "checks", troublesOf, say: onFinding, lock, serving }, signal, run);
}

async function readServing(session: Session, signal: AbortSignal): Promise<Serving | null> {
  const { bundles, journal } = await session.ports();
  const [{ observed, live }, stored] = await Promise.all([seeStack(session, signal), bundles.list()]);
  return servingOf(observed, stored, [live ? null : await lastLiveRelease(journal)]);
}
