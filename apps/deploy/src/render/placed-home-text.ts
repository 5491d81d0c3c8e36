import type { ImportedState } from "@sluice/wiring";

/** Lines on what a state home that was made means for what runs: which releases it took over, and which other homes have to stay. */
export function placedHomeLines({
  keptReleases,
  mountedHomes,
}: Pick<ImportedState, "keptReleases" | "mountedHomes">): readonly string[] {
  const kept = keptReleases.join(", ");
  return [
    ...(kept === "" ? [] : [`kept of what was there before, as what runs may mount its files: ${kept}`]),
    ...mountedHomes.map(
      (home) =>
        `what runs mounts files of ${home}: keep that directory until the next release is live, and \`sluice status\` tells of it no more`,
    ),
  ];
}
