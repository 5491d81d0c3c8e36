import { baseServices, type ObservedStack, pinnedModel, type StoredRelease } from "@sluice/core";

/** Base services that run another image than was built for a release: a look at the checkout does not tell, as it has none. */
export function otherImages({ bundle }: StoredRelease, { base }: ObservedStack): readonly string[] {
  const built = baseServices(bundle.services.filter(({ active }) => active)).filter(({ builds }) => builds);
  return built.flatMap(({ name }) => {
    const containers = base[name]?.containers ?? [];
    return containers.some(({ imageId }) => imageId !== bundle.images[name]) ? [name] : [];
  });
}

/**
 * What of base goes back with a release: what was built with it, and proxies that it defines otherwise than the release that
 * serves. Data stays as it is.
 */
export function differingBase(
  target: StoredRelease,
  serves: StoredRelease | null,
  observed: ObservedStack,
): readonly string[] {
  const built = new Set(otherImages(target, observed));
  const definition = (stored: StoredRelease, name: string) => JSON.stringify(pinnedModel(stored).services[name]);
  const isOther = (name: string) => serves !== null && definition(serves, name) !== definition(target, name);
  return baseServices(target.bundle.services.filter(({ active }) => active)).flatMap(({ name, role }) =>
    (role !== "data" && built.has(name)) || (role === "edge" && isOther(name)) ? [name] : [],
  );
}
