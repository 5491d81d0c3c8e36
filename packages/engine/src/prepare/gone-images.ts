import {
  isApplication,
  isInSlot,
  liveSlot,
  mountedImages,
  type ObservedStack,
  type ReleaseBundle,
  type ServiceFacts,
  type StateFinding,
  type StoredRelease,
  warmRelease,
} from "@sluice/core";
import { lastLiveRelease } from "../record/read-attempts.ts";
import { releaseBefore } from "../record/release-before.ts";
import { loadOrNull } from "../record/stored-release.ts";
import type { EnginePorts } from "../scope.ts";

type Looks = Pick<EnginePorts, "bundles" | "images" | "journal">;

/** Images that are gone from the engine and will be wanted: of the way back, and of base services that are gone, too. */
export async function goneImages(
  { observed, stored }: { readonly observed: ObservedStack; readonly stored: StoredRelease | null },
  bundles: readonly ReleaseBundle[],
  ports: Looks,
  signal?: AbortSignal,
): Promise<readonly StateFinding[]> {
  const back = await goneWayBack(observed, bundles, ports, signal);
  const base = stored ? await goneBaseImages(observed, stored, ports, signal) : [];
  return [...base, ...(back ? [back] : [])];
}

/**
 * That the release which a rollback goes back to cannot come back, as images that its containers are made of are gone from the
 * engine; `null` where it can, also because all that would be made is warm, or where there is none.
 */
async function goneWayBack(
  observed: ObservedStack,
  bundles: readonly ReleaseBundle[],
  { bundles: store, images, journal }: Looks,
  signal?: AbortSignal,
): Promise<StateFinding | null> {
  const live = liveSlot(observed);
  const serves = live?.release ?? (await lastLiveRelease(journal));
  const before = await releaseBefore(live, serves, bundles, { journal });
  if (!before) return null;
  const isWarm = warmRelease(observed, before.services, live) === before.id;
  // Of what is built in base, data stays as it is, and a change of route takes along proxies, and support of which nothing is there.
  // What base only names is pulled.
  const isThere = ({ name }: ServiceFacts) => (observed.base[name]?.containers.length ?? 0) > 0;
  const isBuilt = (one: ServiceFacts) =>
    one.builds && (one.role === "edge" || (one.role === "support" && one.replicas > 0 && !(isWarm && isThere(one))));
  const isMade = (one: ServiceFacts) =>
    one.active && (isBuilt(one) || (isApplication(one.role) && !(isWarm && isInSlot(one))));
  const made = before.services.filter(isMade);
  if (made.length === 0) return null;
  const stored = await loadOrNull({ bundles: store }, before.id);
  const mounted = stored ? mountedImages(stored.model, made) : [];
  const names = new Set([...made.map(({ name }) => name), ...mounted]);
  const wanted = Object.entries(before.images).filter(([name]) => names.has(name));
  const missing = await images.missing(Object.fromEntries(wanted), signal);
  if (missing.length === 0) return null;
  const message = `nobody can go back to ${before.tag}: the image of ${missing.join(", ")} is gone from the engine`;
  return { severity: "warn", code: "way-back-gone", message, hint: bringBackHint(before, missing) };
}

/** How images of a release come back that are gone from the engine: as they were where a registry has them, else built anew. */
export function bringBackHint(
  { tag, commit, dirty, digests = {} }: Pick<ReleaseBundle, "tag" | "commit" | "dirty" | "digests">,
  missing: readonly string[],
): string {
  const references = missing.flatMap((service) => digests[service] ?? []);
  if (references.length === missing.length) {
    return `${[...new Set(references)].map((reference) => `docker pull ${reference}`).join(" && ")}, while the registry has it`;
  }
  return dirty
    ? `it held changes that ${commit} does not have: commit them, and publish a release from there`
    : `check out ${commit ?? "what it was made of"}, then: sluice deploy --release ${tag}, which builds it anew`;
}

/**
 * Base services of the release that serves of which neither a container nor the image is there: what makes them anew needs the
 * image first.
 */
async function goneBaseImages(
  { base }: Pick<ObservedStack, "base">,
  { bundle, model }: StoredRelease,
  { images }: Pick<EnginePorts, "images">,
  signal?: AbortSignal,
): Promise<readonly StateFinding[]> {
  const absent = bundle.services.filter(({ name }) => base[name]?.state === "absent" && bundle.images[name]);
  const wanted = Object.fromEntries(absent.map(({ name }) => [name, bundle.images[name] ?? ""]));
  const missing = absent.length === 0 ? [] : await images.missing(wanted, signal);
  return missing.map((service) => {
    const name = model.services[service]?.image;
    const digest = bundle.digests?.[service];
    const again = name !== undefined && digest ? `docker pull ${digest} && docker tag ${digest} ${name}` : undefined;
    const message = `the image of base service ${service} is gone from the engine, too: it cannot be made anew before that is there`;
    const hint = again
      ? `${again}, then sluice deploy; a sluice deploy pulls ${name} as it is now`
      : "a sluice deploy of the release that serves builds, or pulls, its images again";
    return { severity: "error", code: "base-image-gone", service, message, hint };
  });
}
