import type { ComposeModel } from "@sluice/core";

/**
 * The model with another image name for each service that is built, so that a build takes no tag of the user's away.
 *
 * @param images name to build by service
 */
export function buildModel(model: ComposeModel, images: Readonly<Record<string, string>>): ComposeModel {
  const services = Object.entries(model.services).flatMap(([name, service]) => {
    const image = images[name];
    if (image === undefined) return [];
    // Tags of the build section would be overwritten too.
    const { tags: _tags, ...build } = service.build ?? {};
    return [[name, { image, build }] as const];
  });
  const { name, secrets } = model;
  return { name, services: Object.fromEntries(services), ...(secrets ? { secrets } : {}) };
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
