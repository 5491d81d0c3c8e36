import type { ComposeModel, ComposeService } from "@sluice/core";
import { isEdge } from "./edge-rules.ts";
import { toPort } from "./listening-port.ts";
import { type ServiceShape, writableMounts } from "./service-shape.ts";

/** What the other services say about one. */
export interface Surroundings {
  /** Services that others wait for to complete. */
  readonly completed: ReadonlySet<string>;
  /** Services that a proxy of the project depends on. */
  readonly behindEdge: ReadonlySet<string>;
  /** Services that others address as `http://NAME` or `NAME:PORT`. */
  readonly addressed: ReadonlySet<string>;
  /** Services that others address or wait for. */
  readonly needed: ReadonlySet<string>;
  /** Services that write to a named volume which others mount too. */
  readonly writesForOthers: ReadonlySet<string>;
  /** Images that the project builds. */
  readonly builtImages: ReadonlySet<string>;
}

export function surroundingsOf(model: ComposeModel, shapes: readonly ServiceShape[]): Surroundings {
  const dependencies = shapes.flatMap((shape) =>
    Object.entries(shape.service.depends_on ?? {}).map(([target, { condition }]) => ({
      target,
      condition,
      isEdge: isEdge(shape),
    })),
  );
  const names = Object.keys(model.services);
  const addressed = new Set(
    names.filter((name) => shapes.some((shape) => shape.name !== name && addresses(shape, name))),
  );
  return {
    completed: targets(dependencies.filter(({ condition }) => condition === "service_completed_successfully")),
    behindEdge: targets(dependencies.filter(({ isEdge }) => isEdge)),
    addressed,
    needed: new Set([...addressed, ...targets(dependencies)]),
    writesForOthers: new Set(shapes.filter((shape) => writesForOthers(shape, shapes)).map(({ name }) => name)),
    builtImages: new Set(shapes.flatMap(({ service }) => (service.build && service.image ? [service.image] : []))),
  };
}

function targets(dependencies: readonly { readonly target: string }[]): ReadonlySet<string> {
  return new Set(dependencies.map(({ target }) => target));
}

function writesForOthers({ name, service }: ServiceShape, shapes: readonly ServiceShape[]): boolean {
  const written = writableMounts(service).flatMap(({ type, source }) => (type === "volume" ? [source] : []));
  return shapes.some(
    (other) => other.name !== name && (other.service.volumes ?? []).some(({ source }) => written.includes(source)),
  );
}

/** Its environment or command says `http://NAME` or `NAME:PORT`. */
export function addresses({ service, command }: ServiceShape, name: string): boolean {
  const quoted = quotedName(name);
  const pattern = new RegExp(`(?:^|[^\\w.-])(?:https?:\\/\\/${quoted}(?![\\w.-])|${quoted}:\\d+)`);
  return textsOf(service, command).some((text) => pattern.test(text));
}

/** Ports at which its environment or command names another one, as `NAME:PORT`. */
export function addressedPorts({ service, command }: ServiceShape, name: string): readonly number[] {
  const pattern = new RegExp(`(?:^|[^\\w.-])${quotedName(name)}:(\\d+)`, "g");
  const found = textsOf(service, command).flatMap((text) => [...text.matchAll(pattern)]);
  return found.flatMap(([, port]) => toPort(port) ?? []);
}

function textsOf({ environment = {} }: ComposeService, command: string): readonly string[] {
  return [...Object.values(environment), command].filter((text) => text !== null);
}

const quotedName = (name: string) => name.replaceAll(/[.]/g, "\\.");

/** It runs what others have made: its image is not built by the project. */
export function isForeign({ service, image }: ServiceShape, { builtImages }: Surroundings): boolean {
  return image !== "" && service.build === undefined && !builtImages.has(service.image ?? "");
}
