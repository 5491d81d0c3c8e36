import type { ReleaseBundle, ReleaseRequest } from "../model/release.ts";
import type { ServiceFacts } from "../model/service.ts";
import type { StoredRelease } from "../ports/bundle-store.ts";
import { aProject } from "./a-project.ts";
import { aService } from "./a-service.ts";

/** What is asked for: a clean tree at a commit that the tag tells. */
export function aRequest(tag: string, overrides: Partial<ReleaseRequest> = {}): ReleaseRequest {
  return { tag, commit: `commit-of-${tag}`, dirty: false, source: "option", ...overrides };
}

/** What a bundle says of itself. */
export function aBundle(id: string, overrides: Partial<ReleaseBundle> = {}): ReleaseBundle {
  const services: readonly ServiceFacts[] = overrides.services ?? [aService("web"), aService("db", { role: "data" })];
  const tag = overrides.tag ?? id;
  return {
    version: 1,
    id,
    tag,
    tags: [tag],
    commit: `commit-of-${tag}`,
    createdAt: "2026-01-01T00:00:00.000Z",
    key: `key-of-${id}`,
    services,
    images: Object.fromEntries(services.map(({ name }) => [name, `sha256:${name}-${tag}`])),
    imageTags: Object.fromEntries(services.map(({ name }) => [name, `sluice/shop-${name}:${tag}`])),
    environment: {},
    ...overrides,
  };
}

/** A bundle with the model of the same services. */
export function aRelease(id: string, overrides: Partial<ReleaseBundle> = {}): StoredRelease {
  const bundle = aBundle(id, overrides);
  return { bundle, model: aProject({ services: bundle.services }).model, filesDir: `/bundles/${id}/files` };
}
