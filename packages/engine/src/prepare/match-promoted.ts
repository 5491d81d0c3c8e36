import {
  findBundle,
  isSameRelease,
  matchBundle,
  newestFirst,
  promotedImages,
  promotionObjections,
  type ReleaseBundle,
  SluiceError,
  type TakenImage,
} from "@sluice/core";
import type { DeployRequest } from "../requests.ts";
import type { ReleaseSource } from "../scope.ts";

type Wanted = Pick<DeployRequest, "proven" | "project" | "release">;

/**
 * What is stored of a release already, whether its images are built here or proven elsewhere.
 *
 * @throws SluiceError RELEASE_REFUSED where those that are proven are not those that it would run
 */
export function matchRelease(bundles: readonly ReleaseBundle[], wanted: Wanted, key: string) {
  const promotion = promotionOf(wanted, bundles);
  const { services } = wanted.project;
  const found = promotion
    ? matchPromoted(bundles, (bundle) => isSameRelease(bundle, key, services), promotion.images)
    : matchBundle(bundles, wanted.release, key, services);
  return { ...found, promotion };
}

/**
 * The images of a promotion; `undefined` where it is none.
 *
 * @throws SluiceError RELEASE_REFUSED where they are not those that this release would run
 */
function promotionOf(
  { proven, project, release }: Wanted,
  bundles: readonly ReleaseBundle[],
): NonNullable<ReleaseSource["taken"]> | undefined {
  if (!proven) return undefined;
  const objections = promotionObjections(project, release, proven);
  if (objections.length === 0) return { from: proven.stack, images: promotedImages(project, proven) };
  throw new SluiceError("RELEASE_REFUSED", `${release.tag} cannot be promoted: ${objections.join("; ")}`, {
    hint:
      (release.dirty
        ? "git status shows the changes; promote from a checkout without them"
        : `deploy it to ${proven.stack} first; what differs between environments must be read at start, not at build`) +
      (findBundle(bundles, release.tag) ? `; as it is stored here: sluice rollback ${release.tag}` : ""),
  });
}

/** The very release with the very images, where it is stored already; one that was built here is another. Pure. */
function matchPromoted(
  bundles: readonly ReleaseBundle[],
  isSame: (bundle: ReleaseBundle) => boolean,
  taken: Readonly<Record<string, TakenImage>>,
): { readonly same: ReleaseBundle | null; readonly sameCommit: readonly [] } {
  const isTaken = ({ images }: ReleaseBundle) => Object.entries(taken).every(([name, { id }]) => images[name] === id);
  return { same: newestFirst(bundles).find((bundle) => isSame(bundle) && isTaken(bundle)) ?? null, sameCommit: [] };
}
