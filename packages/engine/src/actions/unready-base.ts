import { isSluiceError, type ServiceFacts, SluiceError, type StoredRelease } from "@sluice/core";
import { observedAs } from "../prepare/base-as-released.ts";
import type { AttemptRecord } from "../record/journal-entries.ts";
import type { DeploymentScope } from "../scope.ts";

/** Whether what was started came up, and did not become what it was started for. */
export function isUnreadyError(error: unknown): boolean {
  return isSluiceError(error) && (error.code === "START_FAILED" || error.code === "NOT_READY");
}

/** Services of base that an attempt began to make otherwise, and that nobody saw become ready so: they failed, or the run was killed. Pure. */
export function unreadyOf({ start, notDone }: Pick<AttemptRecord, "start" | "notDone">): readonly string[] {
  return start.plan.steps.flatMap((step) => (step.kind === "base" && notDone.includes(step.id) ? [step.service] : []));
}

/**
 * Whether a service that holds data was made otherwise than the release before has it, and did not become ready so. It may have since
 * where an earlier run of the attempt began it: then the engine says it.
 */
export async function isUnreadyData(
  role: ServiceFacts["role"] | undefined,
  service: string,
  scope: DeploymentScope,
  signal: AbortSignal,
): Promise<boolean> {
  const { run, release, previousRelease, isResumed } = scope;
  if (role !== "data" || run.unready?.includes(service) !== true || !previousRelease) return false;
  const before = previousRelease.model.services[service];
  if (before === undefined || JSON.stringify(before) === JSON.stringify(release?.model.services[service])) return false;
  return !isResumed || (await isOtherAndDown(service, previousRelease, scope, signal));
}

/** One that runs and is not ready may still come up, or was well until something else failed: it is left, as what has run is. */
async function isOtherAndDown(
  service: string,
  before: StoredRelease,
  scope: DeploymentScope,
  signal: AbortSignal,
): Promise<boolean> {
  const seen = (await observedAs(scope, before, signal)).observed.base[service];
  return seen?.state === "changed" && seen.containers.some(({ state }) => state !== "running");
}

/** Whether a base service is made from one image by the candidate and the release before: both read what the other has written. */
export function hasSameImage(service: string, { release, previousRelease }: DeploymentScope): boolean {
  if (!release || !previousRelease) return false;
  const [now, before] = [release, previousRelease].map(({ bundle, model }) => ({
    id: bundle.images[service],
    name: model.services[service]?.image,
  }));
  if (now?.id !== undefined && before?.id !== undefined) return now.id === before.id;
  return now?.name !== undefined && now.name === before?.name;
}

/** The other image may have changed what it did not come up on, and the one before may spoil what it does not know. */
export function notPutBack(service: string, { tag, release, previousRelease }: DeploymentScope): SluiceError {
  const imageOf = (one: typeof release) => one?.model.services[service]?.image ?? "its image";
  const before = previousRelease?.bundle.tag ?? "the release before";
  return new SluiceError(
    "START_FAILED",
    `${service} did not become ready as ${tag} has it (${imageOf(release)}), and is not made as ${before} has it (${imageOf(previousRelease)}), which may not read what it has written: what needs ${service} may not work now`,
    {
      hint: `its log says what it did. Where it changed nothing, or is known to be read by both: check out ${before}, then sluice deploy --release ${before} --accept-not-undone; else a release that it comes up with, in the same way, or sluice db list for a backup`,
    },
  );
}
