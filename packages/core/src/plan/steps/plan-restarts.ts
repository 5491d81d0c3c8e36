import { isApplication } from "../../model/placement.ts";
import type { ServiceFacts } from "../../model/service.ts";
import type { ObservedStack } from "../../model/stack.ts";
import { type AddStep, shortStepMs } from "./collect-steps.ts";
import { type BaseDifferences, baseCause } from "./plan-base.ts";
import type { PlanStep } from "./step.ts";

interface RestartScope {
  /** All steps so far. */
  readonly steps: readonly PlanStep[];
  readonly observed: ObservedStack;
  readonly differences: BaseDifferences;
}

/**
 * A step for each base service that asks to be restarted with one that the plan makes after it. Whether that is made anew shows only
 * then: the step looks, and does nothing if not. Web and worker services are none of them: those of the release that comes are
 * started afterwards anyway, and those of the one that serves are left to their users, which `notRestarted` says.
 *
 * @param services of base, dependencies first
 */
export function addRestarts(add: AddStep, services: readonly ServiceFacts[], scope: RestartScope): void {
  for (const service of services.filter(({ role }) => !isApplication(role))) {
    const restartsWith = outlived(service, scope);
    if (restartsWith.length === 0) continue;
    const gap = service.role === "edge" ? "; one short gap" : "";
    add({
      kind: "restart",
      service: service.name,
      restartsWith,
      target: `${service.role} ${service.name}`,
      cause: `its depends_on asks for it where ${restartsWith.join(" or ")} is made anew${gap}`,
      timeoutMs: service.startBudget.timeoutMs + service.stopGraceMs + shortStepMs,
    });
  }
}

/** Those that it is restarted with, and that are made after the last step that starts it for sure. */
function outlived(service: ServiceFacts, { steps, observed, differences }: RestartScope): readonly string[] {
  const { name, restartsWith = [] } = service;
  const isSure = baseCause(service, observed, { ...differences, isBuilt: false }) !== undefined;
  const started = steps.findLastIndex(
    (step) => (step.kind === "restart" || (isSure && step.kind === "base")) && step.service === name,
  );
  return restartsWith.filter((other) =>
    steps
      .slice(started + 1)
      .some((step) => (step.kind === "base" || step.kind === "recreate") && step.service === other),
  );
}
