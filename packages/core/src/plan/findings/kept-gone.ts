import type { StateFinding } from "../../model/finding.ts";
import type { ObservedStack } from "../../model/stack.ts";
import { goneBeside } from "../recovery/kept-beside.ts";
import { onlyRunning, supersededBy } from "../recovery/superseded.ts";

/**
 * What a deployment without an end keeps beside the slots for its way back, and somebody has removed. The promotion does that itself. Pure.
 *
 * @param isUnderWay it runs; else it died, or needs a person
 */
export function keptGoneFindings(
  unfinished: Parameters<typeof supersededBy>[0] & Parameters<typeof onlyRunning>[0],
  observed: ObservedStack,
  isUnderWay: boolean,
): readonly StateFinding[] {
  const { deployment, plan, begun } = unfinished;
  if (plan.steps.some(({ kind, id }) => kind === "promote" && begun.includes(id))) return [];
  // Until its step has begun it runs, and somebody may make it anew.
  const steps = plan.steps.filter(({ id }) => begun.includes(id));
  const gone = goneBeside({ plan: { steps } }, observed).length;
  if (gone === 0 || supersededBy(unfinished, observed) !== undefined) return [];
  const what = gone === 1 ? "1 container" : `${gone} containers`;
  const message = `deployment ${deployment} cannot go back: ${what} that it keeps beside the slots until its promotion ${gone === 1 ? "is" : "are"} removed`;
  const whatThen =
    onlyRunning(unfinished, observed) === undefined ? "its undo stops there" : "users stay with what it deploys";
  const hint = isUnderWay ? `where it fails, ${whatThen}, and sluice resume finishes it` : "sluice resume finishes it";
  return [{ severity: "warn", code: "way-back-gone", message, hint }];
}
