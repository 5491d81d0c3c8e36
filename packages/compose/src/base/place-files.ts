import { join } from "node:path";
import {
  type ComposeFileObject,
  type ComposeModel,
  type ComposeMount,
  notedCheckout,
  type PlacedModel,
  type ServiceFacts,
  type StoredRelease,
} from "@sluice/core";
import { isWritten, writtenPaths } from "../bundle-files/base-files.ts";
import { bundleName } from "../bundle-files/bundle-name.ts";
import { mayBeMade } from "../bundle-files/copied-files.ts";
import { isSameTree, kindOf } from "../bundle-files/same-tree.ts";
import { pathInCheckout } from "../model/checkout.ts";
import { escapeDollars, unescapeDollars } from "../model/dollars.ts";
import { withProfiles } from "../model/seccomp.ts";

export interface PlacesOfNow {
  /** The model of what is checked out. */
  readonly now: ComposeModel;
  /** The release that serves until then. Default: none is left. */
  readonly left?: Pick<StoredRelease, "filesDir"> | null | undefined;
  /** Sources of what containers in base mount. Default: none. */
  readonly mounted?: ReadonlySet<string> | undefined;
}

/**
 * The model of a stored release with what base services mount of its checkout at a place where it is: in the release's copies
 * where a container has it from there, or the release that is left has another; else where it was, in the checkout of now if
 * that has the same, or in the copies. What services write to is taken as the checkout of now has it, as it is of the host and
 * not of a release. The very model where all is where it was. Looks at the disk, and changes nothing.
 */
export function placeFiles(
  release: StoredRelease,
  services: readonly Pick<ServiceFacts, "name" | "role">[],
  places: PlacesOfNow,
): PlacedModel {
  const { now } = places;
  const stored = release.model;
  const written = writtenPaths(stored);
  const lost = { unproven: new Set<string>(), missing: new Set<string>() };
  let isAsStored = true;

  const find = (path: string, role: ServiceFacts["role"], mount?: ComposeMount): Found => {
    const isState = role === "data" || (mount && mount.read_only !== true) || isWritten(unescapeDollars(path), written);
    const found = isState ? findState(stored, now, path, mount) : findFile(release, places, path);
    if (found.path !== path || found.lost) isAsStored = false;
    if (found.lost) lost[found.lost].add(unescapeDollars(path));
    return found;
  };
  const mountOf = (mount: ComposeMount, role: ServiceFacts["role"]): ComposeMount => {
    if (mount.type !== "bind" || mount.source === undefined) return mount;
    const { path, isCopy } = find(mount.source, role, mount);
    const bind = { ...(mount["bind"] as object | undefined), create_host_path: false };
    return path === mount.source ? mount : { ...mount, source: path, ...(isCopy && { bind }) };
  };
  const optionsOf = (options: readonly string[], role: ServiceFacts["role"]) =>
    withProfiles(stored, options, (path) => {
      const found = find(path, role);
      return found.path === path ? undefined : found.path;
    });
  const objectsOf = (kind: "secrets" | "configs"): Pick<ComposeModel, "secrets" | "configs"> => {
    const entries = Object.entries(stored[kind] ?? {}).map(([key, object]): [string, ComposeFileObject] => {
      const user = services.find(({ name }) => stored.services[name]?.[kind]?.some(({ source }) => source === key));
      return [key, user && object.file !== undefined ? { ...object, file: find(object.file, user.role).path } : object];
    });
    return entries.length > 0 ? { [kind]: Object.fromEntries(entries) } : {};
  };
  const placed = services.flatMap(({ name, role }) => {
    const service = stored.services[name];
    const volumes = service?.volumes?.map((mount) => mountOf(mount, role));
    const security_opt = service?.security_opt && optionsOf(service.security_opt, role);
    return service
      ? [[name, { ...service, ...(volumes && { volumes }), ...(security_opt && { security_opt }) }] as const]
      : [];
  });
  const model = {
    ...stored,
    services: { ...stored.services, ...Object.fromEntries(placed) },
    ...objectsOf("secrets"),
    ...objectsOf("configs"),
  };
  return { model: isAsStored ? stored : model, unproven: [...lost.unproven], missing: [...lost.missing] };
}

interface Found {
  /** Escaped. */
  readonly path: string;
  readonly isCopy?: boolean;
  readonly lost?: "unproven" | "missing";
}

/** What a release may hold a copy of. @param path escaped, as all of a model */
function findFile({ model, filesDir }: StoredRelease, { now, left, mounted }: PlacesOfNow, path: string): Found {
  const name = bundleName(model, path);
  const here = inCheckoutOf(now, model, path);
  if (name === undefined || here === undefined) return { path };
  const copy = join(filesDir, name);
  const isOther = left != null && isOtherIn(join(left.filesDir, name), unescapeDollars(path), copy);
  if (mounted?.has(copy) || isOther) return { path: escapeDollars(copy), isCopy: true };
  const [was, is, kept] = [kindOf(unescapeDollars(path)), kindOf(here), kindOf(copy)];
  // Where a file was gone, Compose may have left a directory of its name.
  if (was !== null && was === (kept ?? is ?? was)) return { path };
  if (kept !== null) {
    const isSame = is === kept && isSameTree(here, copy);
    return isSame ? { path: escapeDollars(here) } : { path: escapeDollars(copy), isCopy: true };
  }
  return is === null ? { path, lost: "missing" } : { path: escapeDollars(here), lost: "unproven" };
}

/** A container made where the file was would have what the release that is left put there. That holds no copy of what it does not mount. */
function isOtherIn(theirs: string, path: string, copy: string): boolean {
  const there = kindOf(theirs) === null ? path : theirs;
  return kindOf(copy) !== null && kindOf(there) !== null && !isSameTree(there, copy);
}

/** What the host writes to. */
function findState(model: ComposeModel, now: ComposeModel, path: string, mount?: ComposeMount): Found {
  const here = inCheckoutOf(now, model, path);
  if (here === undefined) return { path };
  const [was, is] = [kindOf(unescapeDollars(path)), kindOf(here)];
  if (was !== null && was === (is ?? was)) return { path };
  // As ever, a directory to write to is made where there is none.
  const isMade = mount !== undefined && mayBeMade({ mount }) && !/\.\w+$/.test(mount.target ?? "");
  return is !== null || isMade ? { path: escapeDollars(here) } : { path, lost: "missing" };
}

/** Unescaped; `undefined` for what lies in no checkout. */
function inCheckoutOf(now: ComposeModel, model: ComposeModel, path: string): string | undefined {
  const inside = pathInCheckout(model, path);
  const checkout = notedCheckout(now) ?? notedCheckout(model);
  return inside === undefined || checkout === undefined ? undefined : join(unescapeDollars(checkout), inside);
}
