import type { ServiceFacts } from "../model/service.ts";
import type { Slot } from "../model/slot.ts";
import type { ObservedStack } from "../model/stack.ts";
import type { AddStep } from "./collect-steps.ts";
import { inOrder } from "./plan-base.ts";
import type { DesiredDeployment } from "./plan-deployment.ts";

const jobMs = 30 * 60_000;

/** The release's jobs. Where the configured database runs already, somebody may be using it: they are run with care. */
export function addJobs(
  add: AddStep,
  slot: Slot,
  { config }: DesiredDeployment,
  observed: ObservedStack,
  active: readonly ServiceFacts[],
): void {
  const { service, migrate } = config.database ?? {};
  const isUsed = service !== undefined && observed.base[service]?.containers.some(({ state }) => state === "running");
  for (const { name } of inOrder(active.filter(({ role }) => role === "job"))) {
    const isCared = isUsed && migrate?.enabled && (migrate.jobs?.includes(name) ?? true);
    add({
      kind: "job",
      slot,
      service: name,
      ...(isCared ? { database: service } : {}),
      target: `job ${name}`,
      cause: `${name} runs once for each release${isCared ? `; it gives up rather than hold up what uses ${service}` : ""}`,
      timeoutMs: jobMs,
    });
  }
}
