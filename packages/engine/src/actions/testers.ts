import type { PlanStep } from "@sluice/core";
import { exposureBefore } from "../control/exposure.ts";
import type { DeploymentScope } from "../scope.ts";
import { isTakenOver } from "./traffic.ts";

/** Lets testers reach the candidate while a person decides: they are whom an approval of the first share waits for. */
export async function openToTesters(scope: DeploymentScope, step: PlanStep, signal: AbortSignal): Promise<void> {
  if (scope.config.traffic.testers) await setTesters(scope, step, { testers: true }, signal);
}

/** Users at the candidate are taken back by the steps that moved them. */
export async function closeToTesters(scope: DeploymentScope, step: PlanStep, signal: AbortSignal): Promise<void> {
  await setTesters(scope, step, {}, signal);
}

async function setTesters(
  scope: DeploymentScope,
  step: PlanStep,
  wanted: { readonly testers?: true },
  signal: AbortSignal,
): Promise<void> {
  const { ports, plan, doorIds } = scope;
  // Once some users are there, testers are too: each share is set together with them.
  if (exposureBefore(plan, step.id)) return;
  const next = plan.steps.slice(plan.steps.indexOf(step)).find(({ kind }) => kind === "shift");
  const services = next?.kind === "shift" ? next.services : [];
  for (const service of services) {
    const door = doorIds.get(service);
    // A door whose users change over at once does not reach the candidate before.
    if (!door || isTakenOver(scope, service)) continue;
    const { testers = false, ...routing } = await ports.router.routing(door, signal);
    if (routing.stable === null || routing.stable !== plan.previous || testers === (wanted.testers ?? false)) continue;
    await ports.router.setRouting(door, { ...routing, ...wanted }, signal);
  }
}
