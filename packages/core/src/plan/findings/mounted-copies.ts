import type { StateFinding } from "../../model/finding.ts";
import type { Slot } from "../../model/slot.ts";
import type { ObservedContainer } from "../../model/stack.ts";

/** Containers in a slot, or in base, mount files of a release from where a state home has, or had, its copies. */
export interface MountedCopies {
  /** `null` in base. */
  readonly slot: Slot | null;
  readonly release: string;
  /** As the engine has it. */
  readonly filesDir: string;
}

/** Each directory of copies that containers of a slot, or of base, mount something of, once. Pure. */
export function mountedCopies(slot: Slot | null, containers: readonly ObservedContainer[]): readonly MountedCopies[] {
  const found = containers.flatMap(({ filesDir }) => {
    const release = filesDir?.split("/").at(-2);
    return filesDir !== undefined && release !== undefined ? [{ slot, release, filesDir }] : [];
  });
  return found.filter(({ filesDir }, index) => found.findIndex((one) => one.filesDir === filesDir) === index);
}

/** The directory of the state home. Pure. */
export function homeOfCopies({ release, filesDir }: Pick<MountedCopies, "release" | "filesDir">): string {
  return filesDir.slice(0, -`/releases/${release}/files`.length);
}

/** What is mounted of other homes than this one: it may be removed with them. Pure. @param home absolute path of this one */
export function mountFindings(elsewhere: readonly MountedCopies[], home: string): readonly StateFinding[] {
  return elsewhere.map((copies) => {
    const other = homeOfCopies(copies);
    const place = copies.slot === null ? "base" : `slot ${copies.slot}`;
    return {
      severity: "warn",
      code: "mounts-of-another-home",
      message: `${place} mounts files of ${copies.filesDir}, and the state home is ${home}: where they are gone, its containers do not start again`,
      hint: `keep ${other} (or put it back) until this is told no more: what the next release (sluice deploy) makes mounts files of this home${copies.slot === null ? ", or of the checkout" : ""}`,
    };
  });
}
