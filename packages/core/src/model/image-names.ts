import type { ComposeModel } from "./compose.ts";

/** The service whose build makes the image of a service: itself, or one that gives the image its name; `undefined` where it is pulled. */
export function builderOf(model: ComposeModel, service: string): string | undefined {
  return model.services[service]?.build ? service : otherBuilderOf(model, service);
}

/**
 * Which of the services builds the image that a service only names: a worker that names the image that the web service builds is
 * meant to run that one.
 */
export function otherBuilderOf(
  model: ComposeModel,
  service: string,
  services: readonly string[] = Object.keys(model.services),
): string | undefined {
  const image = model.services[service]?.image;
  return image === undefined ? undefined : services.find((name) => name !== service && isBuiltAs(model, name, image));
}

/** Whether the build of a service gives its image this name. */
export function isBuiltAs(model: ComposeModel, service: string, image: string): boolean {
  return model.services[service]?.build !== undefined && withTag(builtImage(model, service)) === withTag(image);
}

/** The name of the image that a service builds, as Compose gives it. */
export function builtImage({ name, services }: ComposeModel, service: string): string {
  return services[service]?.image ?? `${name}-${service}`;
}

/** The name with the tag that it stands for. */
export function withTag(name: string): string {
  return /(:[^/]+|@[^/]+)$/.test(name) ? name : `${name}:latest`;
}
