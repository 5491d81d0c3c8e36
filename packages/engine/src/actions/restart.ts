import type { StepAction, StepCall } from "../action.ts";
import { type DeploymentScope, servicesOf } from "../scope.ts";

export const restart: StepAction<"restart"> = {
  async run({ service, restartsWith }, scope, { options }) {
    for (const facts of servicesOf(scope, [service]))
      await scope.ports.base.restartAfter(scope.stack, facts, restartsWith, options);
  },
};

/**
 * In the undo of a base service that others are restarted with, whether their steps were begun or not: it may have been made anew
 * twice, or stay as the candidate has it.
 */
export async function restartDependants(service: string, scope: DeploymentScope, call: StepCall): Promise<void> {
  for (const step of scope.plan.steps)
    if (step.kind === "restart" && step.restartsWith.includes(service)) await restart.run(step, scope, call);
}
