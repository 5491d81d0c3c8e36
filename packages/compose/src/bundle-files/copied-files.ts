import { lstatSync, statSync } from "node:fs";
import {
  type ComposeModel,
  type ComposeMount,
  type ResolvedProject,
  type ServiceFacts,
  slotServices,
} from "@sluice/core";
import { unescapeDollars } from "../model/dollars.ts";
import { profileIn } from "../model/seccomp.ts";
import { bundleName } from "./bundle-name.ts";
import { sharedWith } from "./shared-paths.ts";

/** One use of something in the checkout that a release must hold a copy of. */
export interface CopiedFile {
  readonly service: string;
  /** Absolute. */
  readonly source: string;
  /** Of the copy, in the bundle. */
  readonly name: string;
  /** Where the model names it: a mount or option of the service, or a secret or config of the project. */
  readonly path: readonly (string | number)[];
  /** Where it is a mount. */
  readonly mount?: ComposeMount | undefined;
}

/** What services in slots (and jobs) have of the checkout, see {@link filesUsedBy}, but for what is shared with one that writes there. */
export function copiedFiles(project: Pick<ResolvedProject, "model" | "services">): readonly CopiedFile[] {
  return usedInSlots(project).filter(({ source }) => !sharedWith(project, source));
}

/** The same, whether others write there or not. */
export function usedInSlots({ model, services }: Pick<ResolvedProject, "model" | "services">): readonly CopiedFile[] {
  const jobs = services.filter(({ role, active }) => role === "job" && active);
  return filesUsedBy(model, [...slotServices(services), ...jobs]);
}

/** What the services mount read-only from the checkout, or use as secrets, configs and seccomp profiles, there or not. */
export function filesUsedBy(
  model: ComposeModel,
  services: readonly Pick<ServiceFacts, "name">[],
): readonly CopiedFile[] {
  const uses = services.flatMap(({ name: service }) => {
    const { volumes = [], secrets = [], configs = [], security_opt = [] } = model.services[service] ?? {};
    const mounts = volumes.map((mount, index) => ({
      written: mount.type === "bind" && mount.read_only === true ? mount.source : undefined,
      path: ["services", service, "volumes", index],
      mount,
    }));
    const files = (["secrets", "configs"] as const).flatMap((kind) =>
      (kind === "secrets" ? secrets : configs).map(({ source }) => ({
        written: model[kind]?.[source]?.file,
        path: [kind, source, "file"],
      })),
    );
    const profiles = security_opt.map((option, index) => ({
      written: profileIn(model, option),
      path: ["services", service, "security_opt", index],
    }));
    return [...mounts, ...files, ...profiles].map((use) => ({ ...use, service }));
  });
  return uses.flatMap(({ written, ...use }) => {
    const name = written === undefined ? undefined : bundleName(model, written);
    return name === undefined ? [] : [{ ...use, source: unescapeDollars(written ?? ""), name }];
  });
}

/** `unusable` is a link that leads nowhere, or what may not be looked at: nothing can be made in its place. */
export function presenceOf({ source }: Pick<CopiedFile, "source">): "there" | "absent" | "unusable" {
  try {
    if (statSync(source, { throwIfNoEntry: false })) return "there";
    return lstatSync(source, { throwIfNoEntry: false }) ? "unusable" : "absent";
  } catch {
    return "unusable";
  }
}

/**
 * Whether Compose makes an empty directory of what is not there. It does unless the file says no, and its versions write that in
 * opposite ways: version 2 leaves `false` out of what it resolves, version 5 `true`.
 */
export function mayBeMade({ mount }: Pick<CopiedFile, "mount">): boolean {
  const { create_host_path: allowed } = (mount?.["bind"] ?? {}) as { readonly create_host_path?: unknown };
  return mount !== undefined && allowed !== false;
}
