import { createHash } from "node:crypto";
import type { ReleaseRequest } from "@sluice/core";

/**
 * Equal for the same commit and model. A dirty tree gets a key that no other has, because no commit names what is in
 * it; without a repository the tag stands for the commit.
 *
 * @param unique text that differs with each call for a dirty tree
 */
export function releaseKey({ commit, dirty, tag }: ReleaseRequest, modelHash: string, unique: string): string {
  const tree = dirty ? `dirty ${unique}` : (commit ?? `tag ${tag}`);
  return digest([tree, modelHash]);
}

/** Stable identity of a release: `r` and 16 hexadecimal characters; safe as a path segment and a label. */
export function releaseId(key: string, images: Readonly<Record<string, string>>): string {
  const pinned = Object.entries(images)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([service, image]) => `${service} ${image}`);
  return `r${digest([key, ...pinned]).slice(0, 16)}`;
}

function digest(lines: readonly string[]): string {
  return createHash("sha256").update(lines.join("\n")).digest("hex");
}
