import type { StoredRelease } from "../ports/bundle-store.ts";
import type { ComposeModel } from "./compose.ts";

/**
 * The model of a release for what lives in base: services that are built run the release's image, named by its id, so
 * that an unchanged image leaves the configuration unchanged. What only names its image stays as the user wrote it.
 */
export function pinnedModel({ model, bundle }: StoredRelease): ComposeModel {
  const services = Object.entries(model.services).map(([name, service]) => {
    const image = bundle.images[name];
    if (!service.build || image === undefined) return [name, service] as const;
    const { build: _build, ...rest } = service;
    return [name, { ...rest, image, pull_policy: "never" }] as const;
  });
  return { ...model, services: Object.fromEntries(services) };
}
