import type { Diagnosis } from "@sluice/core";
import { type HomeFacts, homeRoomFindings } from "../home/home-room.ts";
import { findingDiagnoses } from "./finding-diagnoses.ts";

/** https://man7.org/linux/man-pages/man2/statfs.2.html */
const memoryFileSystems: ReadonlySet<number> = new Set([0x0102_1994, 0x8584_58f6]);

/** What is wrong with where the state home lies. */
export function homeDiagnoses(facts: HomeFacts): readonly Diagnosis[] {
  const { path, fileSystem } = facts;
  const inMemory: Diagnosis = {
    severity: "error",
    code: "home-in-memory",
    what: `the state home ${path} lies in memory`,
    why: "record, releases and the way back are gone with the next restart of this machine",
    mend: "sluice state export FILE, then `state import FILE` with a --state-home on a disk, which every command gets from then on",
  };
  return [...(memoryFileSystems.has(fileSystem) ? [inMemory] : []), ...findingDiagnoses(homeRoomFindings(facts))];
}
