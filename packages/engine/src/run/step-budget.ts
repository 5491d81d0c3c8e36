import type { PlanStep, StoredRelease } from "@sluice/core";

/**
 * How long a step may take, in milliseconds: as planned, and what the images of the services that it starts ask for
 * beyond the compose file, which a plan that was made before the build does not know.
 */
export function stepBudgetMs(step: PlanStep, release: StoredRelease | null): number {
  const beyondMs = startedBy(step).map(
    (name) => release?.bundle.services.find((service) => service.name === name)?.startBudget.imageMs ?? 0,
  );
  return beyondMs.reduce((sum, ms) => sum + ms, step.timeoutMs);
}

function startedBy(step: PlanStep): readonly string[] {
  const { kind } = step;
  // The first one starts alone, and then with the others.
  if (kind === "start") return step.first === undefined ? step.services : [...step.services, step.first];
  if (kind === "workers") return step.services;
  return kind === "base" || kind === "restart" || kind === "recreate" || kind === "close" ? [step.service] : [];
}
