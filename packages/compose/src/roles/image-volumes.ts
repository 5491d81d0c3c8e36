import { type ComposeService, type ServiceFacts, SluiceError } from "@sluice/core";
import { dataImages } from "./known-data.ts";
import { isMadeAgain, shapeOf } from "./service-shape.ts";

/**
 * Paths that an image declares as volumes and over which the compose file mounts nothing, without those whose content is
 * made again (caches, logs). The engine gives each container an empty volume there. Compose hands it on to the next
 * container of the same service, while a new slot begins without what was written. Pure.
 *
 * @param declared of the image's configuration (`VOLUME`)
 */
export function volumesLeftBehind(service: ComposeService, declared: readonly string[]): readonly string[] {
  const mounted = new Set([...mountTargets(service)].map(withoutSlash));
  return declared.map(withoutSlash).filter((path) => !mounted.has(path) && !isMadeAgain(path));
}

/**
 * What a service in slots writes into a volume of its image would be lost with each deployment.
 *
 * @throws SluiceError RELEASE_REFUSED, unless the configuration says that such a service may have slots
 */
export function assertNothingLeftBehind(
  { name, strategy, role, sharesVolumes }: ServiceFacts,
  service: ComposeService | undefined,
  declared: readonly string[],
): void {
  if (strategy !== "slots" || role === "job" || sharesVolumes) return;
  // A store's image that runs no store, but dumps or scripts, leaves its data directory as it is.
  if (dataImages.has(shapeOf(name, service ?? {}).image)) return;
  const [path] = volumesLeftBehind(service ?? {}, declared);
  if (path === undefined) return;
  throw new SluiceError(
    "RELEASE_REFUSED",
    `the image of ${name} keeps ${path} in a volume, and no volume is mounted there`,
    {
      detail: `each release of ${name} would begin with an empty ${path}: what the one before wrote there would be left behind`,
      hint: `mount a named volume at ${path} (copy there what is in it now), or set services.${name}.sharedVolumes: true if it may be lost`,
    },
  );
}

function* mountTargets({ volumes = [], tmpfs }: ComposeService & { readonly tmpfs?: unknown }): Iterable<string> {
  for (const { target } of volumes) yield target;
  // `/run:size=1m`; the resolved file has a list.
  if (Array.isArray(tmpfs)) for (const entry of tmpfs) yield String(entry).replace(/:.*$/, "");
}

function withoutSlash(path: string): string {
  return path.length > 1 ? path.replace(/\/+$/, "") : path;
}
