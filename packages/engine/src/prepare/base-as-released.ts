import {
  baseServices,
  type ComposeModel,
  type ObservedStack,
  type ReleaseBundle,
  type ServiceFacts,
  type StoredRelease,
} from "@sluice/core";
import type { DeploymentScope } from "../scope.ts";

/** The stack next to a stored release, with what its services of base mount where that is now. */
export async function observedAs(
  { ports, project }: Pick<DeploymentScope, "ports" | "project">,
  release: StoredRelease,
  signal?: AbortSignal,
): Promise<{ readonly observed: ObservedStack; readonly model: ComposeModel }> {
  const { services } = release.bundle;
  const { model } = await ports.base.placed(release, baseOf(release.bundle), project.model);
  return { model, observed: await ports.observer.observe({ ...project, model, services }, signal) };
}

/** Services that a release has in base. */
export function baseOf({ services }: Pick<ReleaseBundle, "services">): readonly ServiceFacts[] {
  return baseServices(services.filter(({ active }) => active));
}

/**
 * The stack next to the checkout, with data of a release next to that release: the checkout may have it otherwise, or not at all. Pure.
 *
 * @param asReleased the stack next to the release
 */
export function withDataOf(
  { services }: Pick<ReleaseBundle, "services">,
  observed: ObservedStack,
  { base, missingVolumes }: ObservedStack,
): ObservedStack {
  const data = services.flatMap(({ active, name, role }) => (active && role === "data" ? (base[name] ?? []) : []));
  const own = new Map(data.map((one) => [one.service, one]));
  const orphans = observed.orphans.filter(({ service }) => !own.has(service));
  return { ...observed, missingVolumes, orphans, base: { ...observed.base, ...Object.fromEntries(own) } };
}
