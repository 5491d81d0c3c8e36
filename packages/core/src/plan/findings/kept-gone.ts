import type { StateFinding } from "../../model/finding.ts";
import { type Beside, goneBeside } from "../recovery/kept-beside.ts";
import type { UnfinishedDeployment } from "../recovery/recovery.ts";

/**
 * What a deployment without an end keeps beside the slots for its way back, and somebody has removed. The promotion does that itself. Pure.
 *
 * @param isUnderWay it runs; else it died, or needs a person
 */
export function keptGoneFindings(
  unfinished: Pick<UnfinishedDeployment, "deployment" | "plan" | "begun">,
  observed: Beside,
  isUnderWay: boolean,
): readonly StateFinding[] {
  const { deployment, plan, begun } = unfinished;
  if (plan.steps.some(({ kind, id }) => kind === "promote" && begun.includes(id))) return [];
  const gone = goneBeside(unfinished, observed).length;
  if (gone === 0) return [];
  const what = gone === 1 ? "1 container" : `${gone} containers`;
  const message = `deployment ${deployment} cannot go back: ${what} that it keeps beside the slots until its promotion ${gone === 1 ? "is" : "are"} removed`;
  const hint = isUnderWay
    ? "where it fails, users stay with what it deploys, and sluice resume finishes it"
    : "sluice resume finishes it";
  return [{ severity: "warn", code: "way-back-gone", message, hint }];
}
