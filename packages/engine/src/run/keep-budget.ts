import type { PlanStep } from "@sluice/core";
import type { DeploymentScope } from "../scope.ts";
import { movesUsers } from "./run-steps.ts";

const keepMs = 10_000;
const shortKeepMs = 1_500;

/**
 * How long it may take to look for what was tried, and to show and keep what it wrote, all together. Where only the undo brings users
 * back, they wait meanwhile: then it is no more than what the newest lines take. Pure.
 */
export function keepBudgetMs({ plan }: Pick<DeploymentScope, "plan">, begun: readonly PlanStep[]): number {
  const byRoute = new Set<PlanStep["kind"]>(["shift", "door"]);
  return begun.some((step) => movesUsers(step, plan) && !byRoute.has(step.kind)) ? shortKeepMs : keepMs;
}
