import { stat } from "node:fs/promises";
import { join } from "node:path";
import {
  homeOfCopies,
  type MountedCopies,
  mountedCopies,
  mountFindings,
  type ObservedStack,
  type StackObserver,
  type StateFinding,
  slots,
} from "@sluice/core";
import type { StateHome } from "@sluice/journal";

/** Which copies of releases the containers in slots and in base mount. @throws SluiceError ENGINE_UNREACHABLE */
export async function mountedIn(
  observer: Pick<StackObserver, "slotContainers" | "baseContainers">,
  stack: string,
  signal: AbortSignal,
): Promise<readonly MountedCopies[]> {
  const found = await Promise.all([
    ...slots.map(async (slot) => mountedCopies(slot, await observer.slotContainers(stack, slot, signal))),
    observer.baseContainers(stack, signal).then((containers) => mountedCopies(null, containers)),
  ]);
  return found.flat();
}

/** Those of other state homes than the one whose releases are there. */
async function copiesElsewhere(
  mounted: readonly MountedCopies[],
  releasesDir: string,
): Promise<readonly MountedCopies[]> {
  const isElsewhere = await Promise.all(
    mounted.map(async ({ release, filesDir }) => {
      const own = join(releasesDir, release, "files");
      // Engines in a virtual machine of their own show paths below where they have the host's.
      return !filesDir.endsWith(own) && !(await isSame(filesDir, own));
    }),
  );
  return mounted.filter((_one, index) => isElsewhere[index]);
}

/** What containers in slots and in base mount of other homes than this one, as it is told. */
export async function mountsElsewhere(
  observed: Pick<ObservedStack, "slots" | "base" | "plain" | "orphans">,
  { path, releasesDir }: Pick<StateHome, "path" | "releasesDir">,
): Promise<readonly StateFinding[]> {
  const { base, plain, orphans } = observed;
  const inBase = [...Object.values(base).flatMap(({ containers }) => containers), ...plain, ...orphans];
  const mounted = [
    ...slots.flatMap((slot) => mountedCopies(slot, observed.slots[slot].containers)),
    ...mountedCopies(null, inBase),
  ];
  return mountFindings(await copiesElsewhere(mounted, releasesDir), path);
}

/** The directories of those homes. */
export async function mountedHomes(mounted: readonly MountedCopies[], releasesDir: string): Promise<readonly string[]> {
  const elsewhere = await copiesElsewhere(mounted, releasesDir);
  return [...new Set(elsewhere.map(homeOfCopies))].toSorted();
}

/** A home may have two paths. */
async function isSame(one: string, other: string): Promise<boolean> {
  const [a, b] = await Promise.all([one, other].map((path) => stat(path).catch(() => null)));
  return a != null && b != null && a.ino === b.ino && a.dev === b.dev;
}
