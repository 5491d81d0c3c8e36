import { baseServices, type CallOptions } from "@sluice/core";
import type { DeploymentScope } from "../scope.ts";
import { upStored } from "./up-stored.ts";

/**
 * Proxies of the project for which the candidate has other files, as the previous has them: what reads its configuration again
 * reads what is checked out, whether its own step was begun or not.
 */
export async function putBackEdges(scope: DeploymentScope, options: CallOptions): Promise<void> {
  const { previousRelease, plan } = scope;
  if (!previousRelease) return;
  const renewed = new Set(plan.steps.flatMap((step) => (step.kind === "base" && step.renews ? [step.service] : [])));
  const edges = baseServices(previousRelease.bundle.services.filter(({ active, role }) => active && role === "edge"));
  for (const edge of edges.filter(({ name }) => renewed.has(name)))
    await upStored(previousRelease, edge, scope, options);
}

/** As `BaseRuntime.rereadNames`, in an undo: after users of a proxy are led back. */
export async function rereadAsBefore(scope: DeploymentScope, options: CallOptions): Promise<void> {
  await putBackEdges(scope, options);
  await scope.ports.base.rereadNames(scope.stack, options);
}
