import {
  type CallOptions,
  type PlanStep,
  pinnedModel,
  type ServiceFacts,
  SluiceError,
  type StoredRelease,
} from "@sluice/core";
import { nameAgain } from "../prepare/name-again.ts";
import { type DeploymentScope, releaseOf, servicesOf } from "../scope.ts";
import { upStored } from "./up-stored.ts";

/**
 * Makes a base service as the release that is being deployed has it.
 *
 * @throws SluiceError RELEASE_UNKNOWN where that has none of its name; what `up` throws
 */
export async function upWanted(
  { service, renews }: Pick<PlanStep & { readonly kind: "base" }, "service" | "renews">,
  scope: DeploymentScope,
  options: CallOptions,
): Promise<void> {
  const all = servicesOf(scope);
  const facts = all.find(({ name }) => name === service);
  const release = releaseOf(scope);
  if (!facts) {
    throw new SluiceError("RELEASE_UNKNOWN", `release ${release.bundle.tag} has no active service ${service}`);
  }
  // What is gone back to may have been checked out elsewhere, or be checked out no more.
  if (scope.plan.kind === "rollback" || (await isOvertaken(release, facts, scope))) {
    return upStored(release, facts, scope, options);
  }
  await nameAgain(release, scope.ports, options);
  await scope.ports.base.up(pinnedModel(release), facts, all, { ...options, renews });
}

/** An earlier run began it, and what was checked out then is not now: the service would get files of another release, or none. */
async function isOvertaken(
  release: StoredRelease,
  facts: ServiceFacts,
  { isResumed, ports, project }: DeploymentScope,
): Promise<boolean> {
  if (!isResumed) return false;
  const [changed, { model }] = await Promise.all([
    ports.base.changedFiles(release, { model: release.model }, [facts]),
    ports.base.placed(release, [facts], project.model),
  ]);
  return Object.hasOwn(changed, facts.name) || model !== release.model;
}
