import type { ComposeModel, ComposeMount, ComposeService } from "./compose.ts";
import { withTag } from "./image-names.ts";
import { isInSlot } from "./placement.ts";
import type { ServiceFacts } from "./service.ts";

/**
 * Images that services in slots and jobs mount (`type: image`): they are of the release as those that its services run. By their
 * references with a tag or digest, which no service is called. What is in base mounts what its file names. Pure.
 */
export function mountedImages(model: ComposeModel, services: readonly ServiceFacts[]): readonly string[] {
  const users = services.filter((service) => service.active && (isInSlot(service) || service.role === "job"));
  return [...new Set(users.flatMap(({ name }) => referencesOf(model.services[name])))].toSorted();
}

/** Whether an image of a release is one that services mount, and not that of a service. Pure. */
export function isMountedImage(name: string): boolean {
  return /[:@]/.test(name);
}

/** Mounts with images named by their ids, as far as the release has them. Pure. */
export function withMountedImages(
  mounts: readonly ComposeMount[],
  images: Readonly<Record<string, string>>,
): readonly ComposeMount[] {
  return mounts.map((mount) => {
    const id = images[referenceOf(mount) ?? ""];
    return id === undefined ? mount : { ...mount, source: id };
  });
}

function referencesOf({ volumes = [] }: ComposeService = {}): readonly string[] {
  return volumes.flatMap((mount) => referenceOf(mount) ?? []);
}

function referenceOf({ type, source }: ComposeMount): string | undefined {
  return type === "image" && source ? withTag(source) : undefined;
}
