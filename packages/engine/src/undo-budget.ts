import type { PlanStep } from "@sluice/core";
import { type DeploymentScope, slotServices } from "./scope.ts";

const shortMs = 60_000;

/**
 * How long the undo of a step may take, in milliseconds. The drain has a budget of its own; whatever starts something
 * again may take as long as it took to start it.
 */
export function undoBudgetMs(
  step: PlanStep,
  { config, previousRelease }: Pick<DeploymentScope, "config" | "previousRelease">,
): number {
  const drainMs = config.traffic.drain.timeout;
  switch (step.kind) {
    case "shift":
      return drainMs + shortMs;
    case "door":
      // One door after the other leads back, and what it replaces drains.
      return (1 + (step.frees?.length ?? 0)) * drainMs + 2 * shortMs;
    case "workers": {
      const before = previousRelease ? slotServices(previousRelease).filter(({ role }) => role === "worker") : [];
      return step.timeoutMs + Math.max(0, ...before.map(({ startBudget }) => startBudget.timeoutMs)) + shortMs;
    }
    case "recreate":
    case "close":
    case "base":
      return step.timeoutMs + shortMs;
    default:
      return 2 * shortMs;
  }
}
