import type { ComposeModel, ComposeService } from "@sluice/core";
import type Docker from "dockerode";
import { composeLabels } from "../engine/containers.ts";

type Container = Pick<Docker.ContainerInfo, "Id" | "Labels">;
/** The container that stands for a service; `undefined` where there is none. */
type ContainerOf = (service: string) => string | undefined;

/** Namespaces that a service may share with another one. */
const namespaces = ["network_mode", "pid", "ipc"] as const;
const ofService = "service:";
const ofContainer = "container:";

/** Whether a service of the model uses namespaces or volumes of another container as its own. */
export function isJoined({ services }: ComposeModel): boolean {
  return Object.values(services).some(
    (service) => namespaces.some((key) => isOfService(service[key])) || volumesFrom(service).length > 0,
  );
}

/**
 * As Compose hashes what uses something of another service: once it has put the container in the place of that service, so that it
 * is made anew with it. Where there is no such container it stays as it is. Pure.
 *
 * @param containers of the project
 */
export function joinedTo(model: ComposeModel, containers: readonly Container[]): ComposeModel {
  const ordered = containers.toSorted((a, b) => numberOf(a) - numberOf(b));
  const containerOf: ContainerOf = (service) =>
    ordered.find(({ Labels }) => Labels[composeLabels.service] === service)?.Id;
  const joined = Object.entries(model.services).map(
    ([name, service]) =>
      [name, { ...service, ...ofNamespaces(service, containerOf), ...ofVolumes(service, containerOf) }] as const,
  );
  return { ...model, services: Object.fromEntries(joined) };
}

function ofNamespaces(service: ComposeService, containerOf: ContainerOf): Partial<ComposeService> {
  const modes = namespaces.flatMap((key) => {
    const mode = service[key];
    const id = isOfService(mode) ? containerOf(mode.slice(ofService.length)) : undefined;
    return id === undefined ? [] : [[key, `${ofContainer}${id}`] as const];
  });
  return Object.fromEntries(modes);
}

/** Compose lets go of the mode (`:ro`), and of what tells a container from a service. */
function ofVolumes(service: ComposeService, containerOf: ContainerOf): Partial<ComposeService> {
  const from = volumesFrom(service);
  if (from.length === 0) return {};
  const joined = from.map((text) => {
    const [first = "", second = ""] = text.split(":");
    return text.startsWith(ofContainer) ? second : (containerOf(first) ?? text);
  });
  return { volumes_from: joined };
}

function volumesFrom(service: ComposeService): readonly string[] {
  const written = service["volumes_from"];
  return Array.isArray(written) ? written.filter((text) => typeof text === "string") : [];
}

function isOfService(mode: unknown): mode is string {
  return typeof mode === "string" && mode.startsWith(ofService);
}

function numberOf({ Labels }: Container): number {
  return Number(Labels[composeLabels.number] ?? 0);
}
