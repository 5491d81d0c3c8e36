import {
  type LiveSlot,
  liveSlot,
  type ObservedStack,
  type ReleaseBundle,
  runsInBase,
  type Serving,
  type StoredRelease,
} from "@sluice/core";
import { type EnginePorts, lastLiveRelease, releaseThatServes, servingOf } from "@sluice/engine";
import type { Session } from "./session.ts";

/** What serves, as the engine and the doors show it. */
export interface FoundServing {
  readonly observed: ObservedStack;
  /** `null` where all of it is in base. */
  readonly live: LiveSlot | null;
  /** Its release; `null` where a slot serves whose release is not stored. In base it is always known. */
  readonly stored: StoredRelease | null;
}

/**
 * The live slot; where there is none, the release that was made live last, while all of it runs in base. `null` where neither is so.
 *
 * @throws SluiceError ENGINE_UNREACHABLE
 */
export async function findServing(session: Session, signal?: AbortSignal): Promise<FoundServing | null> {
  const [project, ports] = await Promise.all([session.project(signal), session.ports()]);
  const observed = await ports.observer.observe(project, signal);
  const live = liveSlot(observed);
  const stored = await releaseThatServes(live, ports);
  if (live) return { observed, live, stored };
  if (!stored) return null;
  if (runsInBase(stored.bundle, observed)) return { observed, live: null, stored };
  // What is in base is shown for the services that are asked for, and those of the checkout may have other names.
  const asked = { ...project, model: stored.model, services: stored.bundle.services };
  const seen = await ports.observer.observe(asked, signal);
  return runsInBase(stored.bundle, seen) ? { observed: seen, live: null, stored } : null;
}

/** As `servingOf`, of what was observed; where there is no slot, the release that was made live last is looked for in base. */
export async function servingNow(
  observed: ObservedStack,
  bundles: readonly ReleaseBundle[],
  { journal }: Pick<EnginePorts, "journal">,
): Promise<Serving | null> {
  return servingOf(observed, bundles, liveSlot(observed) ? [] : [await lastLiveRelease(journal)]);
}
