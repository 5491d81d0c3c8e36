import { labels, type ObservedContainer, type Slot, stackNames } from "@sluice/core";
import type Docker from "dockerode";
import { type Engine, withSignal } from "./engine.ts";
import { unlessStatus } from "./errors.ts";

export const composeLabels = {
  project: "com.docker.compose.project",
  service: "com.docker.compose.service",
  number: "com.docker.compose.container-number",
  oneOff: "com.docker.compose.oneoff",
  configHash: "com.docker.compose.config-hash",
  dependsOn: "com.docker.compose.depends_on",
  network: "com.docker.compose.network",
  files: "com.docker.compose.project.config_files",
} as const;

/** Containers, running or not, that carry all of the labels (`key=value`). */
export function listContainers(
  engine: Engine,
  label: readonly string[],
  signal?: AbortSignal,
): Promise<readonly Docker.ContainerInfo[]> {
  return engine.call("containers cannot be listed", (docker) =>
    docker.listContainers({ all: true, filters: { label: [...label] }, ...withSignal(signal) }),
  );
}

/** Containers of a stack's base project that belong to a service; one-off containers left out, and slots of other stacks. */
export async function listBase(
  engine: Engine,
  stack: string,
  signal?: AbortSignal,
): Promise<readonly Docker.ContainerInfo[]> {
  const label = [`${composeLabels.project}=${stack}`, `${composeLabels.oneOff}=False`];
  const found = await listContainers(engine, label, signal);
  return found.filter(({ Labels }) => (Labels[labels.stack] ?? stack) === stack);
}

/** What marks all that is made in a slot: anybody may have a Compose project of that name, see `listForeign`. */
export function slotLabels(stack: string, slot: Slot | "rehearsal"): readonly string[] {
  return [`${composeLabels.project}=${stackNames.slotProject(stack, slot)}`, `${labels.stack}=${stack}`];
}

/** Containers of a slot, those of jobs among them. */
export function listSlot(
  engine: Engine,
  stack: string,
  slot: Slot | "rehearsal",
  signal?: AbortSignal,
): Promise<readonly Docker.ContainerInfo[]> {
  return listContainers(engine, slotLabels(stack, slot), signal);
}

/** Details of containers, in the same order; one that went away meanwhile is left out. */
export async function inspectAll(
  engine: Engine,
  ids: readonly string[],
  signal?: AbortSignal,
): Promise<readonly Docker.ContainerInspectInfo[]> {
  const found = await engine.call("containers cannot be looked at", (docker) =>
    Promise.all(ids.map((id) => unlessStatus(docker.getContainer(id).inspect(withSignal(signal)), [404], null))),
  );
  return found.filter((container) => container !== null);
}

export function observedContainer({
  Id,
  Name,
  Image,
  State,
  RestartCount,
  Config,
  HostConfig,
  Mounts,
}: Docker.ContainerInspectInfo): ObservedContainer {
  const health = State.Health?.Status;
  const release = Config.Labels[labels.release] ?? null;
  const filesDir = copiesOf(release, Mounts);
  return {
    id: Id,
    name: Name.slice(1),
    service: Config.Labels[composeLabels.service] ?? Config.Labels[labels.service] ?? "",
    imageId: Image,
    state: State.Status as ObservedContainer["state"],
    health: health === "starting" || health === "healthy" || health === "unhealthy" ? health : "none",
    restartCount: RestartCount,
    exitCode: State.ExitCode,
    ...(State.Error ? { startError: State.Error } : {}),
    ...memoryFacts({ State, HostConfig }),
    startedAt: momentOf(State.StartedAt),
    finishedAt: momentOf(State.FinishedAt),
    release,
    deployment: Config.Labels[labels.deployment] ?? null,
    ...(filesDir === undefined ? {} : { filesDir }),
    ...(isByPlainCompose(Config.Labels) ? { byPlainCompose: true } : {}),
  };
}

/**
 * Where the copies of a release lie that a container mounts some of, by what a state home calls them. One of base does not say of which
 * release it is.
 */
function copiesOf(release: string | null, mounts: readonly { readonly Source: string }[]): string | undefined {
  const sources = mounts.map(({ Source }) => Source);
  if (release === null) return sources.flatMap((path) => copiesOfAny.exec(path)?.[0] ?? []).at(0);
  const copies = `/releases/${release}/files`;
  const source = sources.find((path) => `${path}/`.includes(`${copies}/`));
  return source?.slice(0, source.indexOf(copies) + copies.length);
}

/** The id tells copies from what else may be called so. */
const copiesOfAny = /^.*?\/releases\/r[0-9a-f]{16}\/files(?=\/|$)/;

/** The engine says 0 where there is no limit. */
export function memoryFacts({
  State,
  HostConfig,
}: Pick<Docker.ContainerInspectInfo, "State" | "HostConfig">): Pick<ObservedContainer, "oomKilled" | "memoryLimit"> {
  return { oomKilled: State.OOMKilled, ...(HostConfig.Memory ? { memoryLimit: HostConfig.Memory } : {}) };
}

/** Sluice gives Compose its models through standard input, which has this name; people give it files. */
function isByPlainCompose(found: Readonly<Record<string, string>>): boolean {
  return (found[composeLabels.files] ?? "-") !== "-";
}

/** Whether plain Compose has made something of the same compose files, as far as the first one tells: overrides may differ. */
export function isMadeOf(found: Readonly<Record<string, string>>, [first]: readonly string[]): boolean {
  return first !== undefined && found[composeLabels.files]?.split(",")[0] === first;
}

/** The engine names a volume that nobody named by 64 digits. */
export function isAnonymousVolume(name: string): boolean {
  return /^[0-9a-f]{64}$/.test(name);
}

/** The engine says year 1 of what has not happened. */
function momentOf(text: string): string {
  return text.startsWith("0001-") ? "" : text;
}

/** TCP ports of the host that what Sluice has made for a stack has now, or a container of its base project. */
export async function publishedPorts(
  engine: Engine,
  stack: string,
  signal?: AbortSignal,
): Promise<ReadonlySet<number>> {
  const found = await Promise.all([
    listContainers(engine, [`${labels.stack}=${stack}`], signal),
    listContainers(engine, [`${composeLabels.project}=${stack}`], signal),
  ]);
  const ports = found.flat().flatMap(({ Ports }) => Ports);
  return new Set(ports.flatMap(({ Type, PublicPort }) => (Type === "tcp" && PublicPort ? [PublicPort] : [])));
}

/** Short names for messages. */
export function containerName({ Names, Id }: Pick<Docker.ContainerInfo, "Names" | "Id">): string {
  return Names[0]?.slice(1) ?? Id.slice(0, 12);
}
