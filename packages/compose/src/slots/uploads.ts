import { lstat, readdir, readFile, readlink, realpath } from "node:fs/promises";
import { isAbsolute, join, posix } from "node:path";
import { Readable } from "node:stream";
import { type CallOptions, type ComposeModel, type ComposeService, labels, SluiceError } from "@sluice/core";
import { pack } from "tar-stream";
import type { Engine } from "../engine/engine.ts";
import { engineError } from "../engine/errors.ts";
import { escapeDollars, unescapeDollars } from "../model/dollars.ts";
import type { InlineFile } from "../model/inline-files.ts";

/** A file or directory of a release that goes into the containers of a service. */
export interface Upload {
  readonly service: string;
  readonly source: string;
  /** Absolute, in the container. */
  readonly target: string;
  /** The directory of the container that is sent to; the engine writes nowhere else where the root is read-only. Default: the root. */
  readonly within?: string | undefined;
}

/**
 * For an engine that shares no file system with this machine: the model without what it mounts from the release's
 * copies, and what must be put into the created containers instead. Where their root is read-only, they have volumes of their own to
 * take it. Pure.
 *
 * @param isDirectory of a source
 * @throws SluiceError COMPOSE_FAILED for a file right in a root that is read-only, or in a tmpfs of one
 */
export function splitUploads(
  model: ComposeModel,
  filesDir: string,
  isDirectory: (source: string) => boolean,
): { readonly model: ComposeModel; readonly uploads: readonly Upload[] } {
  const isCopy = (source: string | undefined) =>
    source !== undefined && unescapeDollars(source).startsWith(`${filesDir}/`);
  const uploads: Upload[] = [];
  const split = (name: string, service: ComposeService): ComposeService => {
    const own: Upload[] = [];
    const add = (source: string, target: string) => {
      const sent = { service: name, source: unescapeDollars(source), target: unescapeDollars(target) };
      return own.push(
        service["read_only"] === true ? { ...sent, within: placeOf(sent, isDirectory, tmpfsOf(service)) } : sent,
      );
    };
    const keepMount = ({ type, source = "", target }: NonNullable<ComposeService["volumes"]>[number]) =>
      !(type === "bind" && isCopy(source) && add(source, target));
    const keepFile =
      (kind: "secrets" | "configs", root: string) => (use: { source: string; target?: string | undefined }) => {
        const file = model[kind]?.[use.source]?.file;
        const target = use.target ?? use.source;
        return !(
          file !== undefined &&
          isCopy(file) &&
          add(file, isAbsolute(target) ? target : posix.join(root, target))
        );
      };
    const volumes = service.volumes?.filter(keepMount);
    const kept = {
      ...service,
      ...(volumes ? { volumes } : {}),
      ...(service.secrets ? { secrets: service.secrets.filter(keepFile("secrets", "/run/secrets")) } : {}),
      ...(service.configs ? { configs: service.configs.filter(keepFile("configs", "/")) } : {}),
    };
    uploads.push(...own);
    return withPlaces(kept, own);
  };
  const services = Object.entries(model.services).map(([name, service]) => [name, split(name, service)] as const);
  return { model: { ...model, services: Object.fromEntries(services) }, uploads };
}

/** The directory to lay a volume over: what is there in the image, the engine copies into it. No engine copies into a tmpfs. */
function placeOf(
  { service, source, target }: Upload,
  isDirectory: (source: string) => boolean,
  tmpfs: readonly string[],
): string {
  const place = isDirectory(source) ? posix.resolve(target) : posix.dirname(target);
  const isTmpfs = tmpfs.includes(place);
  if (place !== "/" && !isTmpfs) return place;
  const why = isTmpfs ? `they are read_only, and ${place} is a tmpfs` : "they are read_only";
  throw new SluiceError("COMPOSE_FAILED", `${target} cannot be put into the containers of ${service}: ${why}`, {
    hint: "mount it in a directory of its own, such as /etc/NAME/: this engine does not see the files of this machine",
  });
}

function tmpfsOf({ tmpfs = [], volumes = [] }: ComposeService): readonly string[] {
  const written = [tmpfs].flat().map((entry) => String(entry).replace(/:.*$/, ""));
  const mounts = volumes.filter(({ type }) => type === "tmpfs").map(({ target }) => target);
  return [...written, ...mounts].map((path) => posix.resolve(unescapeDollars(path)));
}

function withPlaces(service: ComposeService, uploads: readonly Upload[]): ComposeService {
  const mounted = new Set((service.volumes ?? []).map(({ target }) => posix.resolve(unescapeDollars(target))));
  const places = [...new Set(uploads.flatMap(({ within }) => within ?? []))].filter((place) => !mounted.has(place));
  if (places.length === 0) return service;
  const made = places.map((place) => ({ type: "volume", target: escapeDollars(place) }));
  return {
    ...service,
    volumes: [...(service.volumes ?? []), ...made],
    labels: { ...service.labels, [labels.places]: escapeDollars(JSON.stringify(places)) },
  };
}

/** Where a container has volumes that hold nothing but files of its release. */
export function placesOf({ [labels.places]: places = "[]" }: Readonly<Record<string, string>>): readonly string[] {
  return JSON.parse(places) as readonly string[];
}

/**
 * Puts files into a container that was created and not started. On an engine that lacks their owners (a rootless one, one of mapped
 * users) those of the release are root's there.
 *
 * @throws SluiceError ENGINE_FAILED
 */
export async function upload(
  engine: Engine,
  container: string,
  uploads: readonly (Upload | InlineFile)[],
  { onOutput }: Pick<CallOptions, "onOutput"> = {},
): Promise<void> {
  const places = new Map<string, (Upload | InlineFile)[]>();
  for (const file of uploads) {
    const place = ("within" in file ? file.within : undefined) ?? "/";
    places.set(place, [...(places.get(place) ?? []), file]);
  }
  for (const [path, files] of places) {
    try {
      await send(engine, container, { path, files });
    } catch (error) {
      const { message } = error as Error;
      if (!ownerLacks.test(message) || files.every((file) => "content" in file)) throw error;
      const source = files[0]?.service ?? "";
      const text = `files of the release are root's in its containers: ${message}`;
      onOutput?.({ source, stream: "stderr", text });
      await send(engine, container, { path, files, areRoots: true });
    }
  }
}

/** As Docker and Podman say that an id is not among those that they may give. */
const ownerLacks = /cannot be mapped to a host id|\/etc\/subuid/i;

interface Sent {
  readonly path: string;
  readonly files: readonly (Upload | InlineFile)[];
  /** Files of the release belong to root there. Default: to whom they belong here. */
  readonly areRoots?: boolean | undefined;
}

async function send(engine: Engine, container: string, { path, files, areRoots = false }: Sent): Promise<void> {
  const tar = pack();
  const sent = engine
    .docker()
    .then((docker) => docker.getContainer(container).putArchive(Readable.from(tar), { path }))
    .catch((error: unknown) => {
      tar.destroy();
      throw engineError(error, `files of the release cannot be put into container ${container.slice(0, 12)}`);
    });
  const written = (async () => {
    for (const file of files) {
      const name = posix.relative(path, file.target) || ".";
      if ("content" in file) tar.entry({ name, mode: file.mode, ...ownedBy(file) }, file.content);
      // As with a mount, a link that is named itself is followed; links inside are kept.
      else await addEntry({ tar, areRoots }, await realpath(file.source), name);
    }
    tar.finalize();
  })();
  await Promise.all([sent, written]);
}

interface Archive {
  readonly tar: ReturnType<typeof pack>;
  readonly areRoots: boolean;
}

/** A file, a link or a directory with all that is in it, owned as here, and as a mount would show it. */
async function addEntry(archive: Archive, path: string, name: string): Promise<void> {
  const { tar, areRoots } = archive;
  const { attributes, isDirectory, isLink } = await describe(path, areRoots);
  if (isLink) tar.entry({ ...attributes, name, type: "symlink", linkname: await readlink(path) });
  else if (!isDirectory) tar.entry({ ...attributes, name }, await readFile(path));
  else {
    tar.entry({ ...attributes, name: `${name}/`, type: "directory" });
    for (const child of await readdir(path)) await addEntry(archive, join(path, child), posix.join(name, child));
  }
}

async function describe(path: string, areRoots: boolean) {
  const stats = await lstat(path);
  return {
    attributes: { mode: stats.mode & 0o7777, mtime: stats.mtime, ...ownedBy(areRoots ? { uid: 0, gid: 0 } : stats) },
    isDirectory: stats.isDirectory(),
    isLink: stats.isSymbolicLink(),
  };
}

/** What the header of an archive has room for; more would be cut to that. */
const mostInHeader = 0o777_777;

function ownedBy({ uid, gid }: { readonly uid: number; readonly gid: number }) {
  const isLarge = Math.max(uid, gid) > mostInHeader;
  return { uid, gid, ...(isLarge ? { pax: { uid: String(uid), gid: String(gid) } } : {}) };
}
