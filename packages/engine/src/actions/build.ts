import type { ReleaseBundle } from "@sluice/core";
import { isSluiceError, SluiceError } from "@sluice/core";
import type { StepAction } from "../action.ts";
import type { DeploymentScope, ReleaseSource } from "../scope.ts";

/** Builds what has a build, pins what has not, and stores the release: from here on the checkout may go. */
export const build: StepAction<"build"> = {
  async run({ clears }, scope, { options, progress }) {
    const { source, ports } = scope;
    if (!source) {
      throw new SluiceError("RECOVERY_REFUSED", "a release can only be built where its checkout is", {
        hint: "sluice abort undoes the deployment; then deploy the release again",
      });
    }
    const { project, request, key } = source;
    const reused = await reusableImages(scope, source);
    const emptied = clears ? ports.slots.clear(scope.stack, clears, options) : undefined;
    const [made] = await Promise.allSettled([reused ?? ports.images.build(project, request.tag, options), emptied]);
    if (made.status === "rejected") throw made.reason;
    await emptied;
    const built = made.value;
    if (reused) progress(`images of ${source.imagesOf?.bundle.tag} are used: nothing is built`);
    const id = ports.identity.id(key, built.images);
    const bundle: ReleaseBundle = {
      version: 1,
      id,
      tag: request.tag,
      tags: [request.tag],
      commit: request.commit,
      createdAt: ports.clock.now().toISOString(),
      key,
      services: project.services,
      images: built.images,
      imageTags: built.imageTags,
      environment: ports.identity.environment(project.model),
    };
    scope.release = await storeOnce(scope, bundle, source);
    return { bundle: id };
  },
  // As the undo of `clear`: the slot's networks were kept for a release that does not come.
  async undo({ clears }, { stack, ports }, { options }) {
    if (clears) await ports.slots.remove(stack, clears, options);
  },
};

async function storeOnce({ ports }: DeploymentScope, bundle: ReleaseBundle, { project }: ReleaseSource) {
  try {
    return await ports.bundles.load(bundle.id);
  } catch (error) {
    if (!isSluiceError(error) || (error.code !== "RELEASE_UNKNOWN" && error.code !== "BUNDLE_INVALID")) throw error;
    if (error.code === "BUNDLE_INVALID") await ports.bundles.remove(bundle.id);
  }
  return ports.bundles.save(bundle, project.model, ports.identity.files(project));
}

async function reusableImages({ ports }: DeploymentScope, { imagesOf, project }: ReleaseSource) {
  if (!imagesOf) return null;
  const { images, imageTags } = imagesOf.bundle;
  const covered = project.services.every(({ name, active, role }) => !active || role === "tool" || name in images);
  const missing = await ports.images.missing(images);
  return covered && missing.length === 0 ? { images, imageTags } : null;
}
