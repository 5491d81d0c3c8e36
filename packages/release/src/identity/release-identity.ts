import { createHash } from "node:crypto";
import type { ReleaseRequest } from "@sluice/core";

/**
 * Equal for the same commit and model, whatever the tag. A tree that no commit names is equal to nothing, not even to
 * itself a moment later: what was changed in it is not known. Pure.
 *
 * @param nonce another text at each call; counts for such a tree only
 */
export function releaseKey(
  { commit, dirty }: Pick<ReleaseRequest, "commit" | "dirty">,
  modelHash: string,
  nonce: string,
): string {
  const what = dirty || commit === null ? ["uncommitted", nonce] : ["commit", commit];
  return digest(["sluice-release", 1, ...what, modelHash]);
}

/** Identity of what was built under a key: `r` and 16 hexadecimal digits, safe as a path segment and as a label. Pure. */
export function releaseId(key: string, images: Readonly<Record<string, string>>): string {
  const byService = Object.entries(images).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `r${digest(["sluice-images", 1, key, byService]).slice(0, 16)}`;
}

function digest(parts: readonly unknown[]): string {
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex");
}
