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
