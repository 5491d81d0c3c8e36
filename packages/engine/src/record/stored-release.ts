import {
  type ErrorCode,
  hasImagesOf,
  isSluiceError,
  type LiveSlot,
  type ObservedStack,
  type ReleaseBundle,
  type ResolvedProject,
  runsInBase,
  type StoredRelease,
} from "@sluice/core";
import type { EnginePorts } from "../scope.ts";
import { lastLiveRelease } from "./read-attempts.ts";

/**
 * A release whose bundle is gone or broken is no reason to stop: what is asked for may not need it.
 *
 * @throws SluiceError what keeps it from being read now: it may well be there
 */
export async function loadOrNull({ bundles }: Pick<EnginePorts, "bundles">, id: string): Promise<StoredRelease | null> {
  try {
    return await bundles.load(id);
  } catch (error) {
    if (isSluiceError(error) && lost.has(error.code)) return null;
    throw error;
  }
}

const lost: ReadonlySet<ErrorCode> = new Set(["RELEASE_UNKNOWN", "BUNDLE_INVALID"]);

/** Stores what is otherwise than it is stored, and writes nothing where all is as it was. */
export async function keepChange(
  { bundles }: Pick<EnginePorts, "bundles">,
  stored: ReleaseBundle,
  change: Partial<Pick<ReleaseBundle, "tags" | "services" | "checks">>,
): Promise<void> {
  if (JSON.stringify({ ...stored, ...change }) !== JSON.stringify(stored)) await bundles.update(stored.id, change);
}

/** The first of these releases of the same commit whose images are those that the project would build; `null` where none is. */
export async function releaseOfSameImages(
  sameCommit: readonly ReleaseBundle[],
  project: ResolvedProject,
  ports: EnginePorts,
): Promise<StoredRelease | null> {
  for (const { id } of sameCommit) {
    const stored = await loadOrNull(ports, id);
    if (stored && hasImagesOf(stored, project)) return stored;
  }
  return null;
}

/**
 * The release of the live slot; without one, or where all of that slot's containers are gone, that which was made live last. `null`
 * where there is none, or none stored.
 */
export async function releaseThatServes(live: LiveSlot | null, ports: EnginePorts): Promise<StoredRelease | null> {
  const id = live?.release ?? (await lastLiveRelease(ports.journal));
  return id ? loadOrNull(ports, id) : null;
}

/** The release that serves without a slot, all of it being in base; `null` where it is another, or is not seen to run. */
export function inBaseOf(
  live: LiveSlot | null,
  stored: StoredRelease | null,
  observed: ObservedStack,
): ReleaseBundle | null {
  return !live && stored && runsInBase(stored.bundle, observed) ? stored.bundle : null;
}
