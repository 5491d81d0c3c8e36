import { baseServices, type CallOptions, type PlanStep, type StoredRelease } from "@sluice/core";
import type { StepOf } from "../action.ts";
import { rereadNames } from "../run/reread-names.ts";
import { type DeploymentScope, releaseOf } from "../scope.ts";
import { upStored } from "./up-stored.ts";
import { upWanted } from "./up-wanted.ts";

/**
 * Proxies of the project for which the candidate has other files, as the previous has them: what reads its configuration again
 * reads what is checked out, whether its own step was begun or not. One whose step is still to be undone keeps what it has until
 * then: as ports change hands, something else may have those it had.
 *
 * @param services Default: all others.
 */
export async function putBackEdges(
  scope: DeploymentScope,
  options: CallOptions,
  services: readonly string[] = renewals(scope.plan.steps.slice(undoneFrom(scope))),
): Promise<void> {
  const { previousRelease } = scope;
  if (!previousRelease) return;
  for (const edge of edgesOf(previousRelease).filter(({ name }) => services.includes(name)))
    await upStored(previousRelease, edge, scope, options);
}

/** Whether a proxy of the project still has the files of the candidate, and will until its own step is undone. */
export function hasEdgesToUndo(scope: DeploymentScope): boolean {
  const { plan, previousRelease } = scope;
  const later = renewals(plan.steps.slice(0, undoneFrom(scope)));
  return previousRelease !== null && edgesOf(previousRelease).some(({ name }) => later.includes(name));
}

/** The first step of the plan that is not to be undone any more, by its place. */
function undoneFrom({ plan, run }: DeploymentScope): number {
  const { undoing } = run;
  return undoing ? plan.steps.findIndex(({ id }) => id === undoing.id) + 1 : 0;
}

/** As `BaseRuntime.rereadNames`, in an undo: after users of a proxy are led back. */
export async function rereadAsBefore(scope: DeploymentScope, options: CallOptions): Promise<void> {
  await putBackEdges(scope, options);
  await rereadNames(scope, options);
}

/**
 * As `BaseRuntime.rereadNames`, at the cutover to names that proxies know from the files of the candidate alone. One that does
 * not show these where it mounts them, or was put back before, is made with them ahead of its own step: but for one that takes the
 * port of what is removed just before that step, and is led to the candidate by the old names until then.
 */
export async function rereadAsWanted(scope: DeploymentScope, options: CallOptions): Promise<void> {
  const edges = new Set(edgesOf(releaseOf(scope)).map(({ name }) => name));
  const { steps: all } = scope.plan;
  const heirs = all.flatMap((step) => (step.kind === "remove" ? (step.heirs ?? []) : []));
  const steps = all.filter(isRenewal).filter(({ service }) => edges.has(service) && !heirs.includes(service));
  for (const step of steps) await upWanted(step, scope, options);
  const except = steps.map(({ service }) => service);
  await rereadNames(scope, { ...options, except });
  scope.run.readEarly = except;
}

/** Services of base that are made again as files that they mount changed. */
export function renewals(steps: readonly PlanStep[]): readonly string[] {
  return steps.filter(isRenewal).map(({ service }) => service);
}

function isRenewal(step: PlanStep): step is StepOf<"base"> {
  return step.kind === "base" && step.renews !== undefined;
}

function edgesOf({ bundle }: StoredRelease) {
  return baseServices(bundle.services.filter(({ active, role }) => active && role === "edge"));
}
