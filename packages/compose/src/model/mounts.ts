import { join } from "node:path";
import {
  type ComposeFileObject,
  type ComposeModel,
  type ComposeMount,
  type ComposeService,
  type StoredRelease,
  withMountedImages,
} from "@sluice/core";
import { bundleName } from "../bundle-files/bundle-name.ts";
import { sharedWith } from "../bundle-files/shared-paths.ts";
import { escapeDollars, unescapeDollars } from "./dollars.ts";
import { withProfiles } from "./seccomp.ts";

/**
 * Mounts as a slot has them: what a later checkout could change comes from the release's copies, and images by their ids. What is
 * shared with a service that writes there is mounted as the file says.
 */
export function slotMounts(release: StoredRelease, mounts: readonly ComposeMount[]): readonly ComposeMount[] {
  return withMountedImages(mounts, release.bundle.images).map((written) => {
    const mount = labelledForAll(written);
    const source = mount.read_only === true && mount.type === "bind" ? copied(release, mount.source) : undefined;
    // A copy that is not there must be an error, not an empty directory.
    return source === undefined
      ? mount
      : { ...mount, source, bind: { ...asObject(mount["bind"]), create_host_path: false } };
  });
}

/** Keys of the named volumes that a service mounts. */
export function volumeKeys({ volumes = [] }: ComposeService): readonly string[] {
  return volumes.flatMap(({ type, source }) => (type === "volume" && source ? [source] : []));
}

/** Whether the engine labels what is mounted for one container alone (`:Z`), where the host has SELinux: others lose it. */
export function isForOneAlone(mount: ComposeMount): boolean {
  return (asObject(mount["bind"]) as { readonly selinux?: unknown }).selinux === "Z";
}

/** There are more containers of a service in slots, and one that starts must not take the files from the one that serves. */
function labelledForAll(mount: ComposeMount): ComposeMount {
  return isForOneAlone(mount) ? { ...mount, bind: { ...asObject(mount["bind"]), selinux: "z" } } : mount;
}

/** The secrets and configs that the services use. */
export function slotConfigFiles(
  release: StoredRelease,
  services: readonly ComposeService[],
): Pick<ComposeModel, "secrets" | "configs"> {
  return {
    ...pick("secrets", release, services),
    ...pick("configs", release, services),
  };
}

function pick(kind: "secrets" | "configs", release: StoredRelease, services: readonly ComposeService[]) {
  const used = new Set(services.flatMap((service) => (service[kind] ?? []).map(({ source }) => source)));
  const written = Object.entries(release.model[kind] ?? {}).filter(([key]) => used.has(key));
  if (written.length === 0) return {};
  return { [kind]: Object.fromEntries(written.map(([key, object]) => [key, fromCopy(release, object)])) };
}

function fromCopy(release: StoredRelease, object: ComposeFileObject): ComposeFileObject {
  const file = copied(release, object.file);
  return file === undefined ? object : { ...object, file };
}

/** `security_opt` as a slot has it, whose Compose project has no directory of its own. */
export function slotSecurity(release: StoredRelease, options: readonly string[]): readonly string[] {
  return withProfiles(release.model, options, (path) => copied(release, path) ?? path);
}

/** What is shared with a service that writes there is the host's, also where a release of before holds a copy. */
function copied({ model, bundle, filesDir }: StoredRelease, source: string | undefined): string | undefined {
  const name = source === undefined ? undefined : bundleName(model, source);
  if (source === undefined || name === undefined) return undefined;
  const isShared = sharedWith({ model, services: bundle.services }, unescapeDollars(source)) !== undefined;
  return isShared ? undefined : escapeDollars(join(filesDir, name));
}

function asObject(value: unknown): object {
  return typeof value === "object" && value !== null ? value : {};
}
