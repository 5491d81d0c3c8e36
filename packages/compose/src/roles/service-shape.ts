import type { ComposeMount, ComposeService } from "@sluice/core";
import { unescapeDollars } from "../model/dollars.ts";
import { isProxied } from "../model/proxy-labels.ts";

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
  /** Compose starts it again however it ends. */
  readonly isKeptRunning: boolean;
}

export function shapeOf(name: string, service: ComposeService): ServiceShape {
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
    isProxied: isProxied(service),
    isKeptRunning: /^(?:always|unless-stopped)$/.test(service.restart ?? ""),
  };
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
  return volumes.filter(
    ({ type, source, read_only }) =>
      read_only !== true &&
      source !== undefined &&
      source !== "" &&
      (type === "volume" || (type === "bind" && !hostFacts.test(source) && !isDockerSocket(source))),
  );
}

export function isDockerSocket(source: string | undefined): boolean {
  return source !== undefined && /(?:^|\/)(?:docker|podman)\.sock$/.test(source);
}
