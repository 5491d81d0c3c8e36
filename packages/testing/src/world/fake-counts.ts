import type { TrafficCounts } from "@sluice/core";
import type { FakeContext } from "./context.ts";

/** What doors counted, in the state of the world. */
export function fakeCounts({ act, state }: FakeContext): TrafficCounts {
  return {
    recent: () => act("counts.recent", undefined, () => [...state.counts]),
    note: (counts) => act("counts.note", undefined, () => void state.counts.push(...counts)),
  };
}
