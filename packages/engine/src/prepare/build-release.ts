import {
  type BuiltImages,
  type CallOptions,
  composeFileNames,
  isSluiceError,
  mountedImages,
  type ProvenRelease,
  type ReleaseBundle,
  type ReleaseConfig,
  type ReleaseRequest,
  type ResolvedProject,
  type StoredRelease,
  storableChecks,
  withSettings,
} from "@sluice/core";
import { creationTime, newestCreation } from "../record/in-order.ts";
import { keepChange, releaseOfSameImages } from "../record/stored-release.ts";
import type { EnginePorts, ReleaseSource } from "../scope.ts";
import { type AskedRelease, asAsked, withServices } from "./as-asked.ts";
import { matchReleaseOfNow } from "./images-anew.ts";

type BuildPorts = Pick<EnginePorts, "bundles" | "checkout" | "clock" | "identity" | "images">;

export interface BuiltRelease extends AskedRelease {
  /** Resolves when the build has told all of its log; absent: it has. */
  readonly reported?: Promise<void> | undefined;
}

/**
 * Builds what has a build, pins what has not, and stores the release.
 *
 * @throws SluiceError BUILD_FAILED, IMAGE_MISSING, and RELEASE_REFUSED where the checkout was changed meanwhile
 */
export async function buildRelease(
  ports: BuildPorts,
  source: ReleaseSource,
  options: CallOptions = {},
  progress: (text: string) => void = () => undefined,
): Promise<BuiltRelease> {
  const { project, request, config, key } = source;
  const built = await provideImages(ports, source, options, progress);
  const id = ports.identity.id(key, built.images);
  const services = await ports.images.facts(project, built.images, options.signal);
  const bundle: ReleaseBundle = {
    version: 1,
    id,
    tag: request.tag,
    tags: [request.tag],
    commit: request.commit,
    // Outside a repository there is no commit that it could differ from.
    ...(request.dirty && request.commit !== null ? { dirty: true as const } : {}),
    createdAt: creationTime(ports.clock.now(), source.newestAt),
    key,
    services,
    images: built.images,
    imageTags: built.imageTags,
    ...(built.digests ? { digests: built.digests } : {}),
    environment: ports.identity.environment(project.model),
    composeFiles: composeFileNames(project.files, project.checkout),
    checks: storableChecks(config.checks),
  };
  // A release is its commit from then on, and used for it again: what was built has to be of that.
  await ports.checkout.assertUnchanged(request, options.signal);
  return { ...(await storeOnce(ports, bundle, source)), reported: built.reported };
}

export interface ProvideRequest {
  readonly project: ResolvedProject;
  readonly release: ReleaseRequest;
  /** What it is judged by when it is deployed. */
  readonly config: ReleaseConfig;
  /** What another stack has proven of it: its images are used, and nothing is built. */
  readonly proven?: ProvenRelease | undefined;
  /** Id of the release that serves. Default: none does. */
  readonly serves?: string | null | undefined;
}

/**
 * The release of a checkout: as a stored one is deployed now, see `asAsked`, or provided and stored now, as a deployment would.
 *
 * @throws SluiceError BUILD_FAILED, IMAGE_MISSING, RELEASE_REFUSED for a proven one that is another, and for a changed checkout; and as `asAsked`
 */
export async function provideRelease(
  ports: EnginePorts,
  wanted: ProvideRequest,
  options: CallOptions = {},
): Promise<StoredRelease> {
  const { project, release: request, config } = wanted;
  const key = ports.identity.key(request, project.modelHash);
  const bundles = await ports.bundles.list();
  const matched = await matchReleaseOfNow(bundles, wanted, key, ports, options);
  const { promotion: taken, pulled, same, sameCommit } = matched;
  const missing = same ? await ports.images.missing(same.images, options.signal) : [];
  if (same && missing.length === 0) {
    const stored = await ports.bundles.load(same.id);
    return (await asAsked(stored, wanted.serves ?? null, wanted, ports, options.signal)).release;
  }
  const imagesOf = await releaseOfSameImages(sameCommit, project, ports);
  const newestAt = newestCreation(bundles);
  const source = { project, request, config, key, newestAt, imagesOf, pulled, taken };
  const { release, reported } = await buildRelease(ports, source, options);
  await reported;
  return release;
}

/** One that is there already, its images having been gone, is what it is as one that is deployed again. */
async function storeOnce(
  ports: BuildPorts,
  bundle: ReleaseBundle,
  { project, config }: ReleaseSource,
): Promise<AskedRelease> {
  const stored = await loadWhole(ports, bundle.id);
  if (!stored) return { release: await ports.bundles.save(bundle, project.model, ports.identity.files(project)) };
  const { services, checks } = withSettings(stored.bundle, config);
  await keepChange(ports, stored.bundle, { services, checks });
  return withServices(stored, bundle.services, config);
}

/** `null` where it is not stored, or not whole; what is left of it is removed. */
async function loadWhole({ bundles }: BuildPorts, id: string): Promise<StoredRelease | null> {
  try {
    return await bundles.load(id);
  } catch (error) {
    if (!isSluiceError(error) || (error.code !== "RELEASE_UNKNOWN" && error.code !== "BUNDLE_INVALID")) throw error;
    if (error.code === "BUNDLE_INVALID") await bundles.remove(id);
    return null;
  }
}

async function provideImages(
  ports: BuildPorts,
  source: ReleaseSource,
  options: CallOptions,
  progress: (text: string) => void,
): Promise<BuiltImages> {
  const { project, request, taken, imagesOf } = source;
  if (taken) {
    progress(`images that ${taken.from} has proven are used: nothing is built`);
    return ports.images.take(project, request.tag, taken.images, options);
  }
  const reused = await reusableImages(ports, source, options);
  if (reused) progress(`images of ${imagesOf?.bundle.tag} are used: nothing is built`);
  return reused ?? ports.images.build(project, request.tag, options);
}

/** `null` where they cannot be used, and all is built. @throws SluiceError as `take` */
async function reusableImages(
  { images: runtime }: BuildPorts,
  { imagesOf, project, pulled = {}, request }: ReleaseSource,
  options: CallOptions,
): Promise<BuiltImages | null> {
  if (!imagesOf) return null;
  const { bundle } = imagesOf;
  // It may run more than this one does.
  const run = project.services.flatMap(({ name, active, role }) => (active && role !== "tool" ? name : []));
  const moved = Object.keys(pulled).filter((name) => bundle.images[name] !== pulled[name]);
  const used = new Set([...run, ...mountedImages(project.model, project.services)]);
  for (const name of moved) used.delete(name);
  const ofUsed = (all: Readonly<Record<string, string>>) =>
    Object.fromEntries(Object.entries(all).filter(([name]) => used.has(name)));
  const [images, imageTags] = [ofUsed(bundle.images), ofUsed(bundle.imageTags)];
  const digests = bundle.digests && ofUsed(bundle.digests);
  const missing = await runtime.missing(images);
  if (missing.length > 0) return null;
  if (moved.length === 0) return { images, imageTags, digests };
  const taken = Object.entries(images).map(([name, id]) => [name, { id, digest: digests?.[name] }] as const);
  return runtime.take(project, request.tag, Object.fromEntries(taken), options);
}
