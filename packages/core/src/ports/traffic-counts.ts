import type { TrafficCount } from "../model/traffic-count.ts";

/** What doors counted lately, kept so that the next deployment knows how many users there are. */
export interface TrafficCounts {
  /** Of the last two weeks and a day, oldest first; of each process of a door at most one in half an hour. */
  recent(): Promise<readonly TrafficCount[]>;
  note(counts: readonly TrafficCount[]): Promise<void>;
}
