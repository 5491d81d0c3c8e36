import { baseServices, type CallOptions, type StoredRelease } from "@sluice/core";
import { type DeploymentScope, releaseOf } from "../scope.ts";
import { upStored } from "./up-stored.ts";
import { upWanted } from "./up-wanted.ts";

/**
 * Proxies of the project for which the candidate has other files, as the previous has them: what reads its configuration again
 * reads what is checked out, whether its own step was begun or not.
 */
export async function putBackEdges(scope: DeploymentScope, options: CallOptions): Promise<void> {
  const { previousRelease } = scope;
  if (!previousRelease) return;
  const renewed = new Set(renewedIn(scope).map(({ service }) => service));
  for (const edge of edgesOf(previousRelease).filter(({ name }) => renewed.has(name)))
    await upStored(previousRelease, edge, scope, options);
}

/** As `BaseRuntime.rereadNames`, in an undo: after users of a proxy are led back. */
export async function rereadAsBefore(scope: DeploymentScope, options: CallOptions): Promise<void> {
  await putBackEdges(scope, options);
  await scope.ports.base.rereadNames(scope.stack, options);
}

/**
 * As `BaseRuntime.rereadNames`, at the cutover to names that proxies know from the files of the candidate alone. One that does
 * not show these where it mounts them, or was put back before, is made with them ahead of its own step.
 */
export async function rereadAsWanted(scope: DeploymentScope, options: CallOptions): Promise<void> {
  const edges = new Set(edgesOf(releaseOf(scope)).map(({ name }) => name));
  const steps = renewedIn(scope).filter(({ service }) => edges.has(service));
  for (const step of steps) await upWanted(step, scope, options);
  const except = steps.map(({ service }) => service);
  await scope.ports.base.rereadNames(scope.stack, { ...options, except });
  scope.readEarly = except;
}

function renewedIn({ plan }: DeploymentScope) {
  return plan.steps.flatMap((step) => (step.kind === "base" && step.renews ? [step] : []));
}

function edgesOf({ bundle }: StoredRelease) {
  return baseServices(bundle.services.filter(({ active, role }) => active && role === "edge"));
}
