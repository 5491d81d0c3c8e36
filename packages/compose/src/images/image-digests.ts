import { type CallOptions, type ComposeModel, checkoutNote, SluiceError, type TakenImage } from "@sluice/core";
import type { Engine } from "../engine/engine.ts";
import { unlessStatus } from "../engine/errors.ts";
import { findImages } from "./find-images.ts";
import { imageId } from "./image-id.ts";

/** References by digest of images that came from a registry, by service. Those of Sluice's own tags lead nowhere. */
export async function digestsOf(
  engine: Engine,
  images: Readonly<Record<string, string>>,
): Promise<{ readonly digests?: Readonly<Record<string, string>> }> {
  const found = await Promise.all(
    Object.entries(images).map(async ([service, id]) => {
      const image = await engine.call(`image ${id} cannot be looked at`, (docker) =>
        unlessStatus(docker.getImage(id).inspect(), [404], null),
      );
      const digest = image?.RepoDigests?.find((reference) => !reference.startsWith("sluice/"));
      return digest ? [[service, digest] as const] : [];
    }),
  );
  const digests = Object.fromEntries(found.flat());
  return Object.keys(digests).length > 0 ? { digests } : {};
}

/**
 * Makes sure that an image is on the engine: fetches it by its digest where it is not, for the platform that the service has in
 * the project.
 *
 * @throws SluiceError IMAGE_MISSING where it is nowhere, or the registry gives another one
 */
export async function takeImage(
  engine: Engine,
  project: ComposeModel,
  service: string,
  { id, digest }: TakenImage,
  options: CallOptions,
): Promise<void> {
  if ((await imageId(engine, id)) !== null) return;
  if (digest === undefined) {
    throw new SluiceError("IMAGE_MISSING", `the image of ${service} is gone from the engine: ${id}`, {
      hint: "deploy the release anew where it was proven; nothing is built for a promotion",
    });
  }
  const { [service]: fetched } = await findImages(engine, takenModel(project, service, digest), [service], options);
  if (fetched === id) return;
  throw new SluiceError("IMAGE_MISSING", `${digest} is not the image of ${service} that was proven: ${fetched}`, {
    hint: "the two engines store images in different ways: promote on the engine where it was proven",
  });
}

/** What fetches the image of a service by its digest. Pure. */
export function takenModel(project: ComposeModel, service: string, digest: string): ComposeModel {
  const { [checkoutNote]: note } = project;
  const platform = project.services[service]?.["platform"];
  return {
    name: "taken",
    services: { [service]: { image: digest, ...(platform === undefined ? {} : { platform }) } },
    ...(note === undefined ? {} : { [checkoutNote]: note }),
  };
}
