import { atLeast, atMost, type Figures, shown } from "../../result.ts";
import type { FaultResult } from "./aftermath.ts";

/** By which code something was found that is wrong with a backup. */
export interface Found {
  readonly name: string;
  readonly code: string;
  readonly found: string;
}

/**
 * What is asked of backups that something happens to: of each kind there are some, each was hit and came out well; and bad ones are
 * found. Pure.
 *
 * @param kinds those that were wanted, `detections` among them
 */
export function backupFaultFigures(
  kinds: readonly string[],
  results: readonly FaultResult[],
  found: readonly Found[],
): Figures {
  const faultKinds = kinds.filter((kind) => kind !== "detections");
  const hits = Object.fromEntries(
    faultKinds.map((kind) => {
      const own = results.filter((result) => result.kind === kind);
      return [`${kind}_hit`, atLeast(own.filter(({ hit }) => hit).length, Math.max(1, own.length))];
    }),
  );
  return {
    faults: atLeast(results.length, faultKinds.length),
    ...hits,
    faults_that_hit_nothing: atMost(results.filter(({ hit }) => !hit).length, 0),
    faults_with_problems: atMost(results.filter(({ problems }) => problems.length > 0).length, 0),
    listed_and_compared: shown(results.filter(({ listed }) => listed).length),
    detections: atLeast(found.length, kinds.includes("detections") ? 1 : 0),
    detections_missed: atMost(found.filter((one) => one.found !== one.code).length, 0),
  };
}
