import type { ComposeModel, ComposeService } from "@sluice/core";
import { canonicalJson } from "../resolve/canonical-json.ts";

/**
 * The model with another image name for each service that is built, so that a build takes no tag of the user's away.
 *
 * @param images name to build by service
 */
export function buildModel(model: ComposeModel, images: Readonly<Record<string, string>>): ComposeModel {
  const services = Object.keys(model.services).flatMap((name) => {
    const image = images[name];
    return image === undefined ? [] : [[name, { image, build: buildOf(model, name) }] as const];
  });
  const { name, secrets } = model;
  return { name, services: Object.fromEntries(services), ...(secrets ? { secrets } : {}) };
}

/**
 * Services whose builds are word for word the same get one image: which of them is built for each, the first by name.
 * A web service, its worker and its migrations are often one program.
 */
export function sharedBuilds(model: ComposeModel, services: readonly string[]): Readonly<Record<string, string>> {
  const first = new Map<string, string>();
  const shared: Record<string, string> = {};
  for (const name of services.toSorted()) {
    const build = canonicalJson(buildOf(model, name));
    if (!first.has(build)) first.set(build, name);
    shared[name] = first.get(build) ?? name;
  }
  return shared;
}

/** Tags of the build section would be overwritten: they are left out. */
function buildOf({ services }: ComposeModel, name: string): NonNullable<ComposeService["build"]> {
  const { tags: _tags, ...build } = services[name]?.build ?? {};
  return build;
}

/**
 * Which built service an image-only service gets its image from: a worker that names the image that the web service
 * builds is meant to run that one.
 */
export function builtFor(model: ComposeModel, service: string, built: ReadonlySet<string>): string | undefined {
  const image = model.services[service]?.image;
  if (image === undefined) return undefined;
  return [...built].find((name) => name !== service && sameImage(imageOf(model, name), image));
}

/** The name that Compose itself would give a built image. */
function imageOf(model: ComposeModel, service: string): string {
  return model.services[service]?.image ?? `${model.name}-${service}`;
}

function sameImage(a: string, b: string): boolean {
  const withTag = (name: string) => (/(:[^/]+|@[^/]+)$/.test(name) ? name : `${name}:latest`);
  return withTag(a) === withTag(b);
}
