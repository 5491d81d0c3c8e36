import type { Diagnosis } from "@sluice/core";

/** https://man7.org/linux/man-pages/man2/statfs.2.html */
const memoryFileSystems: ReadonlySet<number> = new Set([0x0102_1994, 0x8584_58f6]);
/** A journal grows by some kilobytes a deployment; backups and bundles need much more. */
const leastHomeBytes = 67_108_864;

export interface HomeFacts {
  readonly path: string;
  /** `f_type` of its file system. */
  readonly fileSystem: number;
  readonly freeBytes: number;
}

/** What is wrong with where the state home lies. */
export function homeDiagnoses({ path, fileSystem, freeBytes }: HomeFacts): readonly Diagnosis[] {
  const inMemory: Diagnosis = {
    severity: "error",
    code: "home-in-memory",
    what: `the state home ${path} lies in memory`,
    why: "record, releases and the way back are gone with the next restart of this machine",
    mend: "sluice state export FILE, then `state import FILE` with a --state-home on a disk, which every command gets from then on",
  };
  const full: Diagnosis = {
    severity: "error",
    code: "home-disk-low",
    what: `the disk of the state home ${path} has ${Math.floor(freeBytes / 1_048_576)} MiB free`,
    why: "a step that cannot be written down is not done: deployments stop in the middle",
    mend: `df -h ${path}, and free some space`,
  };
  return [...(memoryFileSystems.has(fileSystem) ? [inMemory] : []), ...(freeBytes < leastHomeBytes ? [full] : [])];
}
