import type { FaultOutcome } from "@sluice/testing/faults";
import { atLeast, atMost, type Figures } from "../result.ts";

/**
 * What is asked of faults: there were some, each ended as it must, and none was left out. Pure.
 *
 * @param restartsLeftOut restarts of an engine that were wanted where there cannot be one of its own
 */
export function faultFigures(results: readonly FaultOutcome[], restartsLeftOut: number): Figures {
  return {
    faults: atLeast(results.length, 1),
    wrong_endings: atMost(results.filter(({ problems }) => problems.length > 0).length, 0),
    restarts_left_out: atMost(restartsLeftOut, 0),
  };
}
