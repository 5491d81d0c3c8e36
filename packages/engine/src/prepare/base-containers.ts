import type { ObservedContainer } from "@sluice/core";
import { type DeploymentScope, releaseOf } from "../scope.ts";

/** What is in base is shown for the services that are asked for, and those of the checkout may have other names. */
export async function baseContainers(
  scope: DeploymentScope,
  signal: AbortSignal,
): Promise<readonly ObservedContainer[]> {
  const { bundle, model } = releaseOf(scope);
  const { base } = await scope.ports.observer.observe({ ...scope.project, model, services: bundle.services }, signal);
  return Object.values(base).flatMap(({ containers }) => containers);
}
