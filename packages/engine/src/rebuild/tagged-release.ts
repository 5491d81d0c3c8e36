import {
  type ComposeModel,
  isMountedImage,
  mountedImages,
  type ObservedContainer,
  type ServiceFacts,
  stackNames,
  type TaggedImage,
} from "@sluice/core";

/**
 * The tags that the release in a slot may have, told by those that keep its images: the ones that all its containers
 * carry. Several where versions have the same images. Pure.
 */
export function releaseTagsOf(
  stack: string,
  containers: readonly ObservedContainer[],
  tagged: readonly TaggedImage[],
): readonly string[] {
  const carried = containers.map(({ service, imageId }) => {
    const repository = stackNames.imageRepository(stack, service);
    return new Set(tagged.filter((one) => one.repository === repository && one.id === imageId).map(releaseTag));
  });
  const [first = new Set<string>(), ...others] = carried;
  return [...first].filter((tag) => others.every((tags) => tags.has(tag))).toSorted();
}

export interface RunningRelease {
  readonly services: readonly ServiceFacts[];
  readonly containers: readonly ObservedContainer[];
  readonly model: ComposeModel;
}

/**
 * The images of a release by its tag, as a build would give them: of every active service that is no tool, and those that are mounted as
 * far as they are kept: releases of before did not keep them. What its containers run counts more than a tag. `null` where that of a service is missing. Pure.
 */
export function releaseImages(
  stack: string,
  tag: string,
  { services, containers, model }: RunningRelease,
  tagged: readonly TaggedImage[],
): { readonly images: Record<string, string>; readonly imageTags: Record<string, string> } | null {
  const images: Record<string, string> = {};
  const imageTags: Record<string, string> = {};
  const run = services.flatMap(({ name, active, role }) => (active && role !== "tool" ? name : []));
  for (const name of [...run, ...mountedImages(model, services)]) {
    const repository = stackNames.imageRepository(stack, name);
    const running = containers.find(({ service }) => service === name)?.imageId;
    const found = tagged.find(
      (one) =>
        one.repository === repository && releaseTag(one) === tag && (running === undefined || one.id === running),
    );
    if (!found && isMountedImage(name)) continue;
    if (!found) return null;
    images[name] = found.id;
    imageTags[name] = `${found.repository}:${found.tag}`;
  }
  return { images, imageTags };
}

/** Where a tag kept another image already, a release's image has got the beginning of its id added. */
function releaseTag({ tag, id }: TaggedImage): string {
  const added = `-${id.replace(/^sha256:/, "").slice(0, 12)}`;
  return tag.endsWith(added) ? tag.slice(0, -added.length) : tag;
}
