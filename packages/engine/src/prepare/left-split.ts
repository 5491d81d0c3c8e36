import { type Finding, isSluiceError, liveSlot, type ObservedStack, planRecovery, type Recovery } from "@sluice/core";
import { unfinishedOf } from "../record/journal-entries.ts";
import { lastAttempt } from "../record/read-attempts.ts";
import { loadOrNull } from "../record/stored-release.ts";
import type { DeployRequest } from "../requests.ts";
import type { EnginePorts } from "../scope.ts";
import { faceAttempt } from "./faced-attempt.ts";

/**
 * An attempt is left as it is with users at both releases: what is before the one that serves is not what they came from, and whatever
 * came on top of it would lead all of them to where not all of it runs, and clear away what does. Pure.
 *
 * @param share percent of the users that reach the release that serves. Default: all
 */
export function isLeftSplit({ action }: Pick<Recovery, "action">, share = 100): boolean {
  return action === "leave" && share < 100;
}

/**
 * That an attempt without an end would be left with users at both releases, so that a deployment which is only planned begins nothing;
 * none otherwise, where that is accepted, and where what comes next is refused.
 *
 * @throws SluiceError JOURNAL_INVALID, JOURNAL_NEWER, HOME_UNUSABLE
 */
export async function splitFindings(
  observed: ObservedStack,
  { acceptNotUndone }: Pick<DeployRequest, "acceptNotUndone">,
  ports: EnginePorts,
): Promise<readonly Finding[]> {
  const share = liveSlot(observed)?.share ?? 100;
  const unfinished = share < 100 && !acceptNotUndone ? unfinishedOf(await lastAttempt(ports.journal)) : null;
  if (!unfinished) return [];
  const { deployment, tag, previousBundle } = unfinished.attempt.start;
  const before = previousBundle ? await loadOrNull(ports, previousBundle) : null;
  const { facing } = await faceAttempt(unfinished, before, ports.journal);
  const recovery = recoveryOrNull(facing, observed);
  if (recovery?.action !== "leave" || !isLeftSplit(recovery, share)) return [];
  const { reason, hint } = recovery;
  const message = `deployment ${deployment} (${tag}) was not ended and is left as it is, so nothing is deployed over it: ${reason}`;
  return [{ severity: "warn", code: "unfinished-deployment", message, ...(hint ? { hint } : {}) }];
}

/** `null` where it is refused. */
function recoveryOrNull(...asked: Parameters<typeof planRecovery>): Recovery | null {
  try {
    return planRecovery(...asked);
  } catch (error) {
    if (isSluiceError(error)) return null;
    throw error;
  }
}
