import { opendir, realpath, stat } from "node:fs/promises";
import { join, relative } from "node:path";
import type { ComposeModel, ServiceFacts } from "@sluice/core";
import { unescapeDollars } from "../model/dollars.ts";
import { writableMounts } from "../roles/service-shape.ts";

/**
 * By the source of a bind mount, as the model has it: what of it a rehearsal must not see, as paths from there; the empty
 * one is all of it.
 */
export type ClosedPlaces = ReadonlyMap<string, readonly string[]>;

const all = [""];

/** So many entries of a directory are looked at; one that has more is closed. */
const mostEntries = 200_000;

/** Directories of the host that data services write to, other than the given one: what they listen at may be in them. */
export function dataPlaces(
  { services, volumes = {} }: ComposeModel,
  facts: readonly ServiceFacts[],
  except: string,
): readonly string[] {
  const ofData = facts.filter(({ name, role }) => role === "data" && name !== except);
  const mounts = ofData.flatMap(({ name }) => writableMounts(services[name] ?? {}));
  return mounts.flatMap(({ type, source = "" }) => {
    const place = type === "bind" ? source : deviceOf(volumes[source]);
    return place === undefined ? [] : [unescapeDollars(place)];
  });
}

/** A volume may be a directory of the host by another name. */
function deviceOf(volume: { readonly [key: string]: unknown } | null | undefined): string | undefined {
  const { device } = (volume?.["driver_opts"] ?? {}) as { readonly device?: unknown };
  return typeof device === "string" && device.startsWith("/") ? device : undefined;
}

export interface LookOptions {
  /** From `dataPlaces`. */
  readonly dataPlaces: readonly string[];
  /** The engine runs on this machine. */
  readonly isLocal: boolean;
  readonly signal?: AbortSignal | undefined;
}

/**
 * What of a bind mount's source a rehearsal must not see: whoever reaches the socket of a server can change what is behind it, also
 * where the mount is read-only. What data services write to is closed, whether there is a socket in it now or not; elsewhere,
 * directories that hold one, or that cannot be looked into. Where nobody can look, all of what has to do with a data service is.
 */
export async function closedPlaces(
  source: string,
  { dataPlaces: places, isLocal, signal }: LookOptions,
): Promise<readonly string[]> {
  const path = unescapeDollars(source);
  const found = isLocal ? await lookAt(path) : null;
  if (!found) return places.some((place) => isWithin(path, place) || isWithin(place, path)) ? all : [];
  if (found.kind === "socket") return all;
  // No server listens at it, whoever else has it.
  if (found.kind === "file") return [];
  const data = (await Promise.all(places.map(lookAt))).filter((place) => place?.kind === "directory");
  if (data.some((place) => place && isWithin(found.path, place.path))) return all;
  const inside = data.flatMap((place) => (place && isWithin(place.path, found.path) ? [place.path] : []));
  return (await findSockets(found.path, inside, signal)).map((place) => relative(found.path, place));
}

interface Found {
  /** Without symbolic links. */
  readonly path: string;
  readonly kind: "directory" | "file" | "socket";
}

/** `null` where this machine has nothing of this name, or does not say. */
async function lookAt(path: string): Promise<Found | null> {
  try {
    const real = await realpath(path);
    const stats = await stat(real);
    const isSocket = stats.isSocket() || stats.isFIFO();
    return { path: real, kind: stats.isDirectory() ? "directory" : isSocket ? "socket" : "file" };
  } catch {
    return null;
  }
}

/**
 * The outermost directories that hold sockets or cannot be read, and the given ones, which are not looked into.
 *
 * @returns the root alone where it has too much in it to be looked through
 */
async function findSockets(
  root: string,
  closed: readonly string[],
  signal: AbortSignal | undefined,
): Promise<readonly string[]> {
  const found: string[] = [];
  const directories = [root];
  let left = mostEntries;
  for (const directory of directories) {
    signal?.throwIfAborted();
    if (closed.includes(directory)) {
      found.push(directory);
      continue;
    }
    const entries = await entriesOf(directory, left);
    if (entries === "too many") return [root];
    left -= entries?.count ?? 0;
    if (!entries || entries.hasSocket) found.push(directory);
    else directories.push(...entries.directories);
  }
  return found;
}

interface Entries {
  readonly count: number;
  readonly hasSocket: boolean;
  readonly directories: readonly string[];
}

/** `null` for a directory that cannot be read. */
async function entriesOf(directory: string, most: number): Promise<Entries | "too many" | null> {
  const directories: string[] = [];
  let [count, hasSocket] = [0, false];
  try {
    for await (const entry of await opendir(directory, { bufferSize: 512 })) {
      count += 1;
      if (count > most) return "too many";
      if (entry.isDirectory()) directories.push(join(directory, entry.name));
      if (entry.isSocket() || entry.isFIFO()) hasSocket = true;
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") return null;
    // It went while its parent was read.
    return { count, hasSocket, directories: [] };
  }
  return { count, hasSocket, directories };
}

function isWithin(path: string, directory: string): boolean {
  const way = relative(directory, path);
  return way === "" || !(way === ".." || way.startsWith("../"));
}
