import type { TrafficCount } from "../model/traffic-count.ts";

/** What doors counted lately, kept so that the next deployment knows how many users there are. */
export interface TrafficCounts {
  /** The newest, oldest first. */
  recent(): Promise<readonly TrafficCount[]>;
  note(counts: readonly TrafficCount[]): Promise<void>;
}
