import { relative } from "node:path";
import type { ComposeModel, ComposeMount, ComposeService } from "@sluice/core";
import { notedDirectory, pathInCheckout } from "../model/checkout.ts";
import { unescapeDollars } from "../model/dollars.ts";
import { isProxied, type LabelPrefixes, proxyLabels } from "../model/proxy-labels.ts";
import { restartPolicy } from "../model/restart-policy.ts";

/** What the classifier looks at of a service. */
export interface ServiceShape {
  readonly name: string;
  readonly service: ComposeService;
  /** Image without registry, tag and digest: `library/postgres`; empty without an image. */
  readonly repository: string;
  /** Its last segment. */
  readonly image: string;
  /** Entrypoint and command as one line. */
  readonly command: string;
  readonly hasPublishedPorts: boolean;
  /** Ports it says it listens on, published or exposed. */
  readonly ports: readonly number[];
  readonly isProxied: boolean;
  readonly hasProxyLabels: boolean;
  /** Compose starts it again however it ends. */
  readonly isKeptRunning: boolean;
}

export function shapeOf(name: string, service: ComposeService, prefixes?: LabelPrefixes): ServiceShape {
  const repository = imageRepository(service.image ?? "");
  const published = service.ports ?? [];
  const exposed = (service.expose ?? []).map((port) => Number.parseInt(String(port), 10));
  return {
    name,
    service,
    repository,
    image: repository.slice(repository.lastIndexOf("/") + 1).toLowerCase(),
    command: unescapeDollars([...(service.entrypoint ?? []), ...(service.command ?? [])].join(" ")),
    hasPublishedPorts: published.length > 0,
    ports: [...published.map(({ target }) => target), ...exposed.filter((port) => Number.isInteger(port))],
    isProxied: isProxied(service, prefixes),
    hasProxyLabels: Object.keys(proxyLabels(service, prefixes)).length > 0,
    isKeptRunning: /^(?:always|unless-stopped)$/.test(restartPolicy(service) ?? ""),
  };
}

/** How many containers of it are wanted. */
export function replicasOf({ scale, deploy }: ComposeService): number {
  return scale ?? deploy?.replicas ?? 1;
}

/** The file says that it is done once it ended well. Where it says nothing, nobody has thought of that. */
export function isRunOnce(service: ComposeService): boolean {
  return /^(?:no|on-failure)(?::\d+)?$/.test(restartPolicy(service) ?? "");
}

/** Users or other services are meant to reach it: a host port, an exposed port, a router label. */
export function isReachable({ ports, isProxied }: ServiceShape): boolean {
  return ports.length > 0 || isProxied;
}

/** Could end and be done. A variable for a proxy is often shared by all services of a file, and tells less than a label. */
export function isOneShot({ isKeptRunning, ports, hasProxyLabels }: ServiceShape): boolean {
  return !isKeptRunning && ports.length === 0 && !hasProxyLabels;
}

/** `registry:5000/team/app:1.2@sha256:…` is `team/app`. */
export function imageRepository(image: string): string {
  const untagged = image.replace(/@.*$/, "").replace(/:[^:/]*$/, "");
  const [first = "", ...rest] = untagged.split("/");
  const isRegistry = rest.length > 0 && (/[.:]/.test(first) || first === "localhost");
  return isRegistry ? rest.join("/") : untagged;
}

/** Paths of the host that are the same for everyone and written by nobody in a container. */
const hostFacts =
  /^\/(?:etc\/(?:localtime|timezone|hosts|passwd|group|machine-id|ssl|pki|ca-certificates|resolv\.conf)|usr\/share\/(?:zoneinfo|ca-certificates))(?:\/|$)/;

/** Volumes and bind mounts that two copies of a service would write to at once. Anonymous volumes are one per copy. */
export function writableMounts({ volumes = [] }: ComposeService): readonly ComposeMount[] {
  return volumes.filter((mount) => isWritable(mount) && !isAnonymous(mount));
}

/** Directories whose content is made again: of builds, caches, logs. In `/srv/build/uploads` are uploads all the same. */
const madeAgain =
  /\/(?:node_modules|vendor(?:\/bundle)?|\.?venv|__pycache__|\.next|\.nuxt|dist|build|target|\.?caches?|te?mp|logs?|run)\/?$/;

/** What is in them at any depth is made again: what tools alone write, and the system's own places for it. */
const withinMadeAgain =
  /\/(?:node_modules|\.venv|__pycache__|\.next|\.nuxt|\.cache)\/|^\/(?:(?:var\/)?(?:tmp|run)|var\/(?:cache|log))\//;

/**
 * What is lost or shared when a second copy takes over: writable mounts, and anonymous volumes. Compose gives such a
 * volume to the next container of a service, while a new slot begins with an empty one.
 */
export function keptMounts({ volumes = [] }: ComposeService): readonly ComposeMount[] {
  return volumes.filter((mount) => isWritable(mount) && !(isAnonymous(mount) && isMadeAgain(mount.target)));
}

/** Whatever is in the directory of this path (absolute, in a container) can be made again: a cache, a build, a log. */
export function isMadeAgain(path: string): boolean {
  return madeAgain.test(path) || withinMadeAgain.test(path);
}

function isAnonymous({ type, source = "" }: ComposeMount): boolean {
  return type === "volume" && source === "";
}

function isWritable({ type, source = "", read_only }: ComposeMount): boolean {
  if (read_only === true) return false;
  return type === "volume" || (type === "bind" && source !== "" && !hostFacts.test(source) && !isDockerSocket(source));
}

/**
 * `volume uploads`, `bind mount /srv/uploads`, `an anonymous volume at /uploads`. What is in the checkout is named from the directory
 * of the project, as everybody has it: `bind mount ./uploads`.
 */
export function mountText(mount: ComposeMount, model: ComposeModel): string {
  if (isAnonymous(mount)) return `an anonymous volume at ${mount.target}`;
  return mount.type === "volume" ? `volume ${mount.source}` : `bind mount ${fromProject(mount.source ?? "", model)}`;
}

function fromProject(path: string, model: ComposeModel): string {
  const directory = notedDirectory(model);
  if (directory === undefined || pathInCheckout(model, path) === undefined) return path;
  const from = relative(unescapeDollars(directory), unescapeDollars(path));
  return from === ".." || from.startsWith("../") ? from : `./${from}`;
}

export function isDockerSocket(source: string | undefined): boolean {
  return source !== undefined && /(?:^|\/)(?:docker|podman)\.sock$/.test(source);
}

/** The socket itself, or a directory of the host in which it is. */
export function carriesDockerSocket(source: string | undefined): boolean {
  return isDockerSocket(source) || (source !== undefined && /^\/(?:(?:var\/)?run\/?)?$/.test(source));
}
