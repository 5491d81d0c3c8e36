import type { Slot } from "./slot.ts";

/** How a deployment ended. */
export type Outcome = "live" | "nothing-to-do" | "refused" | "failed" | "rolled-back" | "needs-person" | "interrupted";

/** The process exit code of each outcome. */
export const outcomeExitCodes = {
  live: 0,
  "nothing-to-do": 0,
  refused: 10,
  failed: 20,
  "rolled-back": 21,
  "needs-person": 30,
  interrupted: 130,
} as const satisfies Record<Outcome, number>;

/** Which version users reach now. `null` where nothing serves yet. */
export interface Serving {
  readonly release: string;
  readonly tag: string;
  /** `null` where all that the release runs is replaced stop-first: it is in base, and in no slot. */
  readonly slot: Slot | null;
  /** Percent of the traffic of the slowest-moving door that this slot gets. */
  readonly share: number;
}
