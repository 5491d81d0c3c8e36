import type { ComposeModel, ServiceFacts } from "@sluice/core";
import { notedDirectory } from "../model/checkout.ts";
import { unescapeDollars } from "../model/dollars.ts";

/** What tells who writes where: of what is checked out, or as a release has it. */
export interface Writers {
  readonly model: ComposeModel;
  readonly services: readonly Pick<ServiceFacts, "name" | "role" | "active">[];
}

/** A service that may write to a path of the host, and the path that it mounts for that. */
export interface Writer {
  readonly service: string;
  /** Absolute. */
  readonly path: string;
}

/**
 * The service that a path is shared with, as it mounts that, or what that lies in, to write to: uploads, certificates. A copy would
 * show for ever what was there once. One that only has to do with something inside the path, that is not active, or that is a tool or
 * a job, whose mount often is writable only as nobody said otherwise, shares nothing; nor does one that mounts all of the project, which would share every file of configuration, unless the path is
 * that very directory. Pure.
 *
 * @param source absolute, unescaped
 */
export function sharedWith(writers: Writers, source: string): Writer | undefined {
  return writersAt(writers, source).find((one) => one.path === source || !isWhole(writers.model, one));
}

/** One that may write to a path only as it mounts all of the project. Pure. @param source absolute, unescaped */
export function writesEverywhere(writers: Writers, source: string): Writer | undefined {
  return sharedWith(writers, source) ? undefined : writersAt(writers, source)[0];
}

/**
 * One that may write there as `sharedWith` means it, and does not run: of a profile that is not active, a tool or a job. What a copy shows
 * is what was there before. Pure. @param source absolute, unescaped
 */
export function writesAtTimes({ model, services }: Writers, source: string): Writer | undefined {
  return services
    .filter(({ active, role }) => !active || role === "tool" || role === "job")
    .flatMap(({ name }) => writtenBy(model, name).map((path) => ({ service: name, path })))
    .find((one) => isWithin(source, one.path) && (one.path === source || !isWhole(model, one)));
}

/** Whether a path of the host is the other one, or lies in it. */
export function isWithin(inner: string, outer: string): boolean {
  return `${inner}/`.startsWith(outer.endsWith("/") ? outer : `${outer}/`);
}

function writersAt({ model, services }: Writers, source: string): readonly Writer[] {
  return services
    .filter(({ active, role }) => active && role !== "tool" && role !== "job")
    .flatMap(({ name }) => writtenBy(model, name).map((path) => ({ service: name, path })))
    .filter(({ path }) => isWithin(source, path));
}

/** What a service may write to, on the disk of the host: absolute, unescaped. */
export function writtenBy({ services }: ComposeModel, service: string): readonly string[] {
  const { volumes = [] } = services[service] ?? {};
  return volumes.flatMap(({ type, source, read_only }) =>
    type === "bind" && source !== undefined && read_only !== true ? [unescapeDollars(source)] : [],
  );
}

function isWhole(model: ComposeModel, { path }: Writer): boolean {
  const directory = notedDirectory(model);
  return directory !== undefined && isWithin(unescapeDollars(directory), path);
}
