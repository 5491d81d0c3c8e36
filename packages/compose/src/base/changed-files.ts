import { join } from "node:path";
import type { MountedFiles, ServiceFacts, StoredRelease } from "@sluice/core";
import { usedInBase } from "../bundle-files/base-files.ts";
import { isSameTree, kindOf } from "../bundle-files/same-tree.ts";
import { pathInCheckout } from "../model/checkout.ts";
import { escapeDollars } from "../model/dollars.ts";

/**
 * By base service: files and directories that it mounts of the checkout and that are not what the release that serves holds
 * copies of, as paths in the checkout. Of what that holds no copy of nothing is known, and what is not there is not compared.
 * Looks at the disk, and changes nothing.
 */
export function changedFiles(
  serves: Pick<StoredRelease, "filesDir">,
  { model, filesDir }: MountedFiles,
  services: readonly ServiceFacts[],
): Readonly<Record<string, readonly string[]>> {
  const changed = new Map<string, Set<string>>();
  for (const { service, source, name } of usedInBase({ model, services })) {
    const [before, after] = [join(serves.filesDir, name), filesDir === undefined ? source : join(filesDir, name)];
    if (kindOf(before) === null || kindOf(after) === null || isSameTree(before, after)) continue;
    const path = pathInCheckout(model, escapeDollars(source)) || ".";
    changed.set(service, (changed.get(service) ?? new Set()).add(path));
  }
  return Object.fromEntries([...changed].map(([service, paths]) => [service, [...paths]]));
}
