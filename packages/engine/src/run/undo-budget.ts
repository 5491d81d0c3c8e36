import { type PlanStep, slotServices } from "@sluice/core";
import type { DeploymentScope } from "../scope.ts";
import { stepBudgetMs } from "./step-budget.ts";

const shortMs = 60_000;
const startsAgain: ReadonlySet<PlanStep["kind"]> = new Set(["recreate", "close", "base"]);
const leadsBack: ReadonlySet<PlanStep["kind"]> = new Set(["door", "shift", "adopt", "close"]);

/**
 * How long the undo of a step may take, in milliseconds. The drain has a budget of its own; whatever starts something
 * again may take as long as it took to start it.
 */
export function undoBudgetMs(
  step: PlanStep,
  scope: Pick<DeploymentScope, "config" | "previousRelease" | "plan">,
): number {
  return ownBudgetMs(step, scope) + (leadsBack.has(step.kind) ? renewalMs(scope) : 0) + restartsMs(step, scope);
}

/** What is restarted with a service of base is so once more when that is put back. */
function restartsMs(step: PlanStep, { plan }: Pick<DeploymentScope, "plan">): number {
  if (step.kind !== "base" && step.kind !== "recreate") return 0;
  return plan.steps.reduce(
    (sum, one) => (one.kind === "restart" && one.restartsWith.includes(step.service) ? sum + one.timeoutMs : sum),
    0,
  );
}

/** Edges that are renewed are made again before they ask for what users are led back by. */
function renewalMs({ plan }: Pick<DeploymentScope, "plan">): number {
  return plan.steps.reduce((sum, step) => (step.kind === "base" && step.renews ? sum + step.timeoutMs : sum), 0);
}

function ownBudgetMs(
  step: PlanStep,
  { config, previousRelease }: Pick<DeploymentScope, "config" | "previousRelease">,
): number {
  const drainMs = config.traffic.drain.timeout;
  if (step.kind === "shift") return drainMs + shortMs;
  // One door after the other leads back, and what it replaces drains.
  if (step.kind === "door") return (1 + (step.frees?.length ?? 0)) * drainMs + 2 * shortMs;
  if (step.kind === "workers") {
    const before = previousRelease
      ? slotServices(previousRelease.bundle.services).filter(({ role }) => role === "worker")
      : [];
    return step.timeoutMs + Math.max(0, ...before.map(({ startBudget }) => startBudget.timeoutMs)) + shortMs;
  }
  if (step.kind === "remove") {
    const names = [step.service, ...(step.heirs ?? [])];
    const before = previousRelease?.bundle.services.filter(({ name }) => names.includes(name)) ?? [];
    // One after the other: they want the same port.
    const eachMs = before.map(({ startBudget, stopGraceMs }) => startBudget.timeoutMs + stopGraceMs);
    return eachMs.reduce((sum, ms) => sum + ms, step.timeoutMs + shortMs);
  }
  return startsAgain.has(step.kind) ? stepBudgetMs(step, previousRelease) + shortMs : 2 * shortMs;
}
