import { type ReleaseBundle, SluiceError, type StoredRelease } from "@sluice/core";
import { releaseOfSameImages } from "../record/stored-release.ts";
import type { DeployRequest } from "../requests.ts";
import type { EnginePorts } from "../scope.ts";
import { type AskedRelease, asAsked } from "./as-asked.ts";
import { isBuilt, type MatchedNow } from "./images-anew.ts";
import { assertCompatible } from "./incompatible-release.ts";
import type { ServingBefore } from "./serving-before.ts";

/** What is there already of a release that is asked for. */
export interface WantedRelease {
  /** The very release; `null` where none is stored. */
  readonly same: ReleaseBundle | null;
  /** The same where the engine has its images: nothing is built. */
  readonly usable: ReleaseBundle | null;
  /** That one as it is deployed now. */
  readonly asked: AskedRelease | null;
  /** A release of the same commit that has the images that would be built; `null` builds. */
  readonly imagesOf: StoredRelease | null;
}

/** @throws SluiceError RELEASE_BROKEN, DATA_INCOMPATIBLE, or as `asAsked` */
export async function findWanted(
  { same, alike = same, sameCommit }: Pick<MatchedNow, "same" | "alike" | "sameCommit">,
  { live, previousRelease, serves }: ServingBefore,
  request: DeployRequest,
  ports: EnginePorts,
  signal?: AbortSignal,
): Promise<WantedRelease> {
  // Another image of a registry may mend what is nothing but such images, and no commit that is broken itself.
  const isMended = alike !== same && !isBuilt(request);
  if (alike?.broken && !isMended && !request.retry && alike.id !== serves) {
    const { at, reason } = alike.broken;
    throw new SluiceError("RELEASE_BROKEN", `release ${alike.tag} failed on ${at}: ${reason}`, {
      hint: "publish a fix as a new release, or try this one again with --retry",
    });
  }
  // What users had last is no way back, also where nothing of it runs any more.
  const isLast = alike !== null && alike.id === (live?.release ?? previousRelease?.bundle.id);
  if (alike && !isLast && !request.acceptIncompatible) await assertCompatible(alike, ports.journal);
  const missing = same ? await ports.images.missing(same.images, signal) : [];
  const usable = same && missing.length === 0 ? same : null;
  const imagesOf = usable ? null : await releaseOfSameImages(sameCommit, request.project, ports);
  const stored = usable ? await ports.bundles.load(usable.id) : null;
  const asked = stored && (await asAsked(stored, serves, request, ports, signal));
  return { same, usable, asked, imagesOf };
}
