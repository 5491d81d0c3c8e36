import type { ServiceFacts } from "./service.ts";

/** Names a release before it is built: what is asked for. */
export interface ReleaseRequest {
  readonly tag: string;
  /** Full commit id, or `null` outside a repository. */
  readonly commit: string | null;
  /** The tree holds changes that no commit names; such a release is never reused by commit. */
  readonly dirty: boolean;
  /** Paths of the first of these changes, as git tells them; absent where nobody asked. */
  readonly changes?: readonly string[] | undefined;
  /** Where the request came from. */
  readonly source: "event" | "option" | "describe";
}

/** What a bundle says of itself; the files it holds lie beside it. Values of the environment are in the model only. */
export interface ReleaseBundle {
  readonly version: 1;
  /** Stable identity: hash over commit, image ids and model. Safe as a path segment. */
  readonly id: string;
  /** The tag under which it was first built; later tags on the same commit are names for it. */
  readonly tag: string;
  readonly tags: readonly string[];
  readonly commit: string | null;
  /** Set when it was built with changes that its commit does not have: the commit does not say what is in it. */
  readonly dirty?: true | undefined;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
  /** Hash over the resolved model and the commit: an equal key is the same release where the same services are active. */
  readonly key: string;
  /** What the planner knew of its services, so that a rollback needs no checkout. */
  readonly services: readonly ServiceFacts[];
  /** Image id by service, for every service of the active profiles that is not `tool`; and of images that services mount, see `mountedImages`. */
  readonly images: Readonly<Record<string, string>>;
  /** Image reference (a tag that keeps the image from being pruned) by service or mounted image. */
  readonly imageTags: Readonly<Record<string, string>>;
  /** Reference by digest in a registry, by service, of images that came from one. */
  readonly digests?: Readonly<Record<string, string>> | undefined;
  /** Keyed hashes of environment values by `service.NAME`; tells which differ without telling the values. */
  readonly environment: Readonly<Record<string, string>>;
  /** Compose files that it was made of, as from the root of the checkout, see `composeFileNames`, the last wins. Absent in releases of before. */
  readonly composeFiles?: readonly string[] | undefined;
  /** The checks that it was deployed with last, see `storableChecks`. Absent in releases of before. */
  readonly checks?: readonly unknown[] | undefined;
  /** Set when a deployment of it failed by a verdict; such a release is not tried again unasked. */
  readonly broken?: { readonly at: string; readonly reason: string } | undefined;
}
