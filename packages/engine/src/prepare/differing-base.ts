import {
  type ChangedFiles,
  isAlwaysPutBack,
  isPinned,
  type MountedFiles,
  type ObservedStack,
  pinnedModel,
  type ResolvedProject,
  type ServiceFacts,
  type StoredRelease,
} from "@sluice/core";
import type { EnginePorts } from "../scope.ts";
import { baseOf } from "./base-as-released.ts";

/** Base services that run another image than the release's own: a look at the checkout does not tell, as it has none. */
export function otherImages({ bundle }: StoredRelease, { base }: ObservedStack): readonly string[] {
  const pinned = baseOf(bundle).filter(isPinned);
  return pinned.flatMap(({ name }) => {
    const containers = base[name]?.containers ?? [];
    return containers.some(({ imageId }) => imageId !== bundle.images[name]) ? [name] : [];
  });
}

/** What base services mount and the release that serves has otherwise; none where that is not stored. */
export async function changedFiles(
  serves: StoredRelease | null,
  { services, ...wanted }: MountedFiles & { readonly services: readonly ServiceFacts[] },
  { base }: Pick<EnginePorts, "base">,
): Promise<ChangedFiles> {
  return serves ? base.changedFiles(serves, wanted, services) : {};
}

/**
 * What of base goes back with a release: what was built with it, and proxies that it defines otherwise than the release that
 * serves. Data stays as it is.
 *
 * @param files what they mount that is other than with the release that serves
 */
export function differingBase(
  target: StoredRelease,
  serves: StoredRelease | null,
  observed: ObservedStack,
  files: ChangedFiles,
): readonly string[] {
  const built = new Set(otherImages(target, observed));
  const definition = (stored: StoredRelease, name: string) => JSON.stringify(pinnedModel(stored).services[name]);
  const isOther = (name: string) => serves !== null && definition(serves, name) !== definition(target, name);
  return baseOf(target.bundle).flatMap(({ name, role }) =>
    (role !== "data" && built.has(name)) || (role === "edge" && (isOther(name) || Object.hasOwn(files, name)))
      ? [name]
      : [],
  );
}

/**
 * Of base services that would leave volumes, those whose way back is the definition of the release that serves: they are as that has
 * them; or have volumes of it alone, where it goes back to them whatever else is otherwise.
 */
export async function leavingAsServing(
  { base }: ObservedStack,
  serves: StoredRelease | null,
  project: ResolvedProject,
  { observer }: EnginePorts,
  signal?: AbortSignal,
): Promise<readonly string[]> {
  const leaving = Object.values(base).flatMap(({ service, change }) =>
    change && change.leaves.length > 0 ? [service] : [],
  );
  if (leaving.length === 0 || !serves) return [];
  const seen = await observer.observe({ ...project, model: serves.model, services: serves.bundle.services }, signal);
  const facts = (services: readonly ServiceFacts[], name: string) =>
    services.find((service) => service.active && service.name === name);
  return leaving.filter((name) => {
    const { state, change } = seen.base[name] ?? {};
    if (state === "current" || state === "stopped") return true;
    const before = facts(serves.bundle.services, name);
    const isOnItsVolumes = state === "changed" && (change?.leaves ?? []).length === 0;
    return isOnItsVolumes && isAlwaysPutBack(facts(project.services, name)?.role, before);
  });
}
