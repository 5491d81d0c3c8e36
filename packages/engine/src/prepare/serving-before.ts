import { type LiveSlot, type ObservedStack, previousSlot, type StoredRelease } from "@sluice/core";
import { inBaseOf, releaseThatServes } from "../record/stored-release.ts";
import type { EnginePorts } from "../scope.ts";

/** What serves when a deployment is prepared. */
export interface ServingBefore {
  readonly live: LiveSlot | null;
  /** The release that serves, or served last; `null` where there is none, or none stored. */
  readonly previousRelease: StoredRelease | null;
  /** Its id where all of it is in base; `null` where it is not. */
  readonly servesInBase: string | null;
  /** Id of the release that serves, stored or not; `null` where none does. */
  readonly serves: string | null;
}

/** @throws SluiceError what keeps the release from being read now */
export async function findServingBefore(observed: ObservedStack, ports: EnginePorts): Promise<ServingBefore> {
  const live = previousSlot(observed);
  const previousRelease = await releaseThatServes(live, ports);
  const servesInBase = inBaseOf(live, previousRelease, observed)?.id ?? null;
  return { live, previousRelease, servesInBase, serves: live ? live.release : servesInBase };
}
