import type { StoredRelease } from "../ports/bundle-store.ts";
import type { ComposeModel, ComposeService } from "./compose.ts";
import { isApplication } from "./placement.ts";
import type { ServiceFacts } from "./service.ts";

/**
 * Whether a service runs the very image of a release, which its containers name by id: what the project builds, and web and worker
 * services, as they are the release wherever their image comes from. What else names an image stays as it runs.
 */
export function isPinned({ builds, role }: Pick<ServiceFacts, "builds" | "role">): boolean {
  return builds || isApplication(role);
}

/**
 * The model of a release for what lives in base: what is pinned runs the release's image, named by its id, so that an unchanged
 * image leaves the configuration unchanged. The others keep the image that the user named, and ask no registry for a newer
 * one: those were pulled with the release, and a way back must not need the registry.
 */
export function pinnedModel({ model, bundle }: StoredRelease): ComposeModel {
  const pinned = new Set(bundle.services.filter(isPinned).map(({ name }) => name));
  const services = Object.entries(model.services).map(([name, service]) => {
    const image = bundle.images[name];
    if (image === undefined || !(service.build || pinned.has(name))) return [name, unasked(service)] as const;
    const { build: _build, ...rest } = service;
    return [name, { ...rest, image, pull_policy: "never" }] as const;
  });
  return { ...model, services: Object.fromEntries(services) };
}

function unasked(service: ComposeService): ComposeService {
  const policy = service["pull_policy"];
  return policy === undefined || policy === "never" || policy === "build"
    ? service
    : { ...service, pull_policy: "missing" };
}
