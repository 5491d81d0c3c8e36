import {
  type ComposeModel,
  type ContainerExec,
  isInSlot,
  type LostNetwork,
  type LostRestart,
  labels,
  type ObservedSlot,
  type ObservedStack,
  type PublishedPort,
  type ResolvedProject,
  type ServiceFacts,
  type Slot,
  type StackObserver,
  slots as slotNames,
  volumesOf,
} from "@sluice/core";
import type Docker from "dockerode";
import { acceptedHashes, builtImages, isCurrent } from "../base/base-hashes.ts";
import { readClaim } from "../base/claim.ts";
import type { ReadRouting } from "../doors/wait-door.ts";
import { composeLabels, inspectAll, listBase, listSlot, observedContainer } from "../engine/containers.ts";
import { type Engine, withSignal } from "../engine/engine.ts";
import { unlessStatus } from "../engine/errors.ts";
import { logTail } from "../engine/log-tail.ts";
import { isInBase } from "../model/placement.ts";
import { listLinks, listNetworkNames } from "../networks/links.ts";
import { lostNetworks, withEndpoints } from "../networks/lost-networks.ts";
import { namedNetworks } from "../networks/named-networks.ts";
import { listMade } from "../slots/sweep.ts";
import { createThrowAwayContainers } from "../throw-away/throw-away-containers.ts";
import { cutOffContainers } from "./cut-off.ts";
import { readEngineFacts } from "./engine-facts.ts";
import { listForeign } from "./foreign.ts";
import { heldPorts } from "./held-ports.ts";
import { leftDirectories } from "./left-directories.ts";
import { leftoverFindings } from "./leftovers.ts";
import { socketsOrNone } from "./listening-sockets.ts";
import { lostDoorRestarts, lostRestarts } from "./lost-restarts.ts";
import { readMachineMemory } from "./machine-memory.ts";
import { missingBaseFiles } from "./missing-base-files.ts";
import { missingExternals } from "./missing-externals.ts";
import { linksInUse, missingLinks } from "./missing-links.ts";
import { listGuests } from "./network-guests.ts";
import { baseChange, observeBaseService } from "./observe-base.ts";
import { observeDoors, type WantedDoorOf } from "./observe-doors.ts";
import { listOutsideProxies } from "./outside-proxies.ts";
import { plainFiles } from "./plain-files.ts";
import { findResources, missingVolumes, redefinedResources } from "./redefined.ts";
import { listSameFiles } from "./same-files.ts";

/** The library's types leave the options of this call out. */
type Pingable = Docker & { ping(options: { abortSignal?: AbortSignal }): Promise<unknown> };

export interface ObserverDependencies {
  readonly engine: Engine;
  readonly exec: ContainerExec;
  readonly readRouting: ReadRouting;
  readonly wantedDoor: WantedDoorOf;
}

export function createObserver({ engine, exec, readRouting, wantedDoor }: ObserverDependencies): StackObserver {
  const throwAway = createThrowAwayContainers(engine);
  return {
    engine: (signal) => readEngineFacts(engine, signal),
    ping: async (signal) => {
      await engine.call("the engine cannot be asked", (docker) => (docker as Pingable).ping(withSignal(signal)));
    },
    obstacles: async (request, signal) => {
      const tools = { exec, throwAway };
      const sockets = (ports: readonly PublishedPort[]) => socketsOrNone(tools, request, ports, signal);
      const [held, missing, files, left] = await Promise.all([
        heldPorts(engine, sockets, request, signal),
        missingExternals(engine, request),
        missingBaseFiles(engine, tools, request, signal),
        leftDirectories(engine, tools, request, signal),
      ]);
      return [...left, ...files, ...missing, ...held];
    },
    outsideProxies: (request, signal) => listOutsideProxies(engine, request, signal),
    memory: (container, signal) => readMachineMemory(exec, container, signal),
    logTail: async (container, lines) => engine.redact(await logTail(engine, container, lines)),
    async slotContainers(stack, slot, signal) {
      return (await slotProject(engine, stack, slot, signal)).map(observedContainer);
    },
    async baseContainers(stack, signal) {
      return (await projectContainers(engine, stack, signal)).map(observedContainer);
    },
    async gone(containers, signal) {
      const found = await inspectAll(engine, containers, signal);
      return containers.filter((id) => found.every(({ Id }) => Id !== id));
    },
    async observe(project, signal): Promise<ObservedStack> {
      const { stack } = project;
      const [blue, green, base, made, homeId, links, resources, foreign, guests] = await Promise.all([
        slotProject(engine, stack, "blue", signal),
        slotProject(engine, stack, "green", signal),
        projectContainers(engine, stack, signal),
        listMade(engine, stack),
        readClaim(engine, stack),
        listLinks(engine, stack),
        findResources(engine, project.model, signal),
        listForeign(engine, stack, signal),
        listGuests(engine, project, signal),
      ]);
      const isNew = [blue, green, base, made].every(({ length }) => length === 0);
      const doors = made.filter(({ Labels }) => Labels[labels.kind] === "door");
      const containers = await inspectAll(
        engine,
        doors.map(({ Id }) => Id),
        signal,
      );
      // After the containers: of a slot that is just being made none names a network that is not there yet.
      const [observedBase, observedDoors, present, sameFiles] = await Promise.all([
        observeProject(engine, project, base, signal),
        observeDoors({ project, containers, readRouting, wanted: wantedDoor, signal }),
        listNetworkNames(engine),
        isNew ? listSameFiles(engine, project, signal) : [],
      ]);
      const { lostRestarts: lostInBase, ...inBase } = observedBase;
      const inSlots = { blue, green };
      const slots = { blue: observedSlot("blue", blue), green: observedSlot("green", green) };
      const serving = new Set(Object.values(observedDoors).map(({ containerId }) => containerId));
      const servingDoors = containers.filter(({ Id }) => serving.has(Id));
      return {
        stack,
        homeId,
        slots,
        ...inBase,
        doors: observedDoors,
        missingLinks: missingLinks({
          ...project,
          links: linksInUse(links, inSlots),
          base: base.map((one) => withEndpoints(one, lostOf(observedBase, one))),
          doors: servingDoors,
        }),
        cutOff: slotNames.flatMap((slot) => cutOffContainers({ ...project, present }, inSlots[slot], slot)),
        lostRestarts: [
          ...lostInBase,
          ...slotNames.flatMap((slot) => lostRestarts(project.model, inSlots[slot], slot)),
          ...lostDoorRestarts(servingDoors),
        ],
        redefined: redefinedResources(project.model, resources),
        foreign,
        sameFiles,
        guests,
        missingVolumes: missingVolumes(project, resources),
        leftovers: leftoverFindings(project, made),
      };
    },
  };
}

/** Containers of a slot, but those of jobs. */
async function slotProject(
  engine: Engine,
  stack: string,
  slot: Slot,
  signal?: AbortSignal,
): Promise<readonly Docker.ContainerInspectInfo[]> {
  const found = await listSlot(engine, stack, slot, signal);
  const ids = found.filter(({ Labels }) => Labels[labels.kind] !== "job").map(({ Id }) => Id);
  return inspectAll(engine, ids, signal);
}

function observedSlot(slot: Slot, found: readonly Docker.ContainerInspectInfo[]): ObservedSlot {
  const containers = found.map(observedContainer);
  const [labelled] = containers.filter(({ release }) => release !== null);
  return { slot, release: labelled?.release ?? null, deployment: labelled?.deployment ?? null, containers };
}

async function projectContainers(
  engine: Engine,
  stack: string,
  signal?: AbortSignal,
): Promise<readonly Docker.ContainerInspectInfo[]> {
  const found = await listBase(engine, stack, signal);
  const containers = await inspectAll(
    engine,
    found.map(({ Id }) => Id),
    signal,
  );
  return namedNetworks(engine, containers);
}

/** Containers of the base project: base services beside what is wanted, and what plain Compose runs of the others, what does not belong there. */
async function observeProject(
  engine: Engine,
  { model, services }: ResolvedProject,
  containers: readonly Docker.ContainerInspectInfo[],
  signal?: AbortSignal,
): Promise<
  Pick<ObservedStack, "base" | "plain" | "orphans" | "jobs"> & { readonly lostRestarts: readonly LostRestart[] }
> {
  const inBase = services.filter(isInBase);
  const hashes = await hashesFor(
    engine,
    model,
    inBase.length > 0 ? containers : [],
    builtImages(containers, inBase),
    signal,
  );
  const of = (name: string) => containers.filter((container) => serviceOf(container) === name);
  const isAsWanted = (container: Docker.ContainerInspectInfo) => isCurrent(container, hashes[serviceOf(container)]);
  const base = await Promise.all(
    inBase.map(async (service) => {
      const own = of(service.name);
      const wanted = own.length > 0 ? volumesOf(model, service.name) : [];
      const mounted = own.flatMap(({ Mounts }) => Mounts.map(({ Name }) => Name));
      const there = await existing(
        engine,
        wanted.filter((name) => !mounted.includes(name)),
      );
      const changeOf = () => baseChange(own, model, service, there);
      const seen = observeBaseService(service, own, hashes[service.name], changeOf);
      const lost = own.filter(isAsWanted).flatMap((one) => lostOfOne({ model, services }, one));
      return [service.name, lost.length > 0 ? { ...seen, lost } : seen] as const;
    }),
  );
  const slotServices = new Set(services.filter(isInSlot).map(({ name }) => name));
  const plain = await Promise.all(
    containers
      .filter((container) => slotServices.has(serviceOf(container)))
      .map(async (container) => ({ ...observedContainer(container), ...(await plainFiles(container.Config.Labels)) })),
  );
  const known = new Set(services.flatMap((service) => (isLeftOut(service) ? [] : service.name)));
  const orphans = containers.filter((container) => isOrphan(container, known)).map(observedContainer);
  const jobNames = new Set(services.filter(({ role }) => role === "job").map(({ name }) => name));
  const jobs = containers.filter((one) => isPlainOf(one, jobNames)).map(observedContainer);
  const staying = inBase.flatMap(({ name }) => of(name).filter(isAsWanted));
  return { base: Object.fromEntries(base), plain, orphans, jobs, lostRestarts: lostRestarts(model, staying, null) };
}

function lostOfOne(project: Pick<ResolvedProject, "model" | "services">, container: Docker.ContainerInspectInfo) {
  return lostNetworks(project, container).map(({ network, aliases, address, ipv6Address }): LostNetwork => {
    const addresses = [address, ipv6Address].filter((one) => one !== undefined);
    return { container: container.Name.slice(1), network, aliases, addresses };
  });
}

function lostOf({ base }: Pick<ObservedStack, "base">, container: Docker.ContainerInspectInfo): readonly LostNetwork[] {
  const lost = base[serviceOf(container)]?.lost ?? [];
  return lost.filter((one) => one.container === container.Name.slice(1));
}

/** Those of the volumes that are on the engine, by name. */
async function existing(engine: Engine, volumes: readonly string[]): Promise<readonly string[]> {
  const found = await Promise.all(
    volumes.map((name) =>
      engine.call(`volume ${name} cannot be looked at`, (docker) =>
        unlessStatus(docker.getVolume(name).inspect(), [404], null),
      ),
    ),
  );
  return volumes.filter((_name, index) => found[index] !== null);
}

/** What would be in base under a profile that is not active. */
function isLeftOut(service: ServiceFacts): boolean {
  return !service.active && isInBase({ ...service, active: true });
}

/** Made by plain Compose, of one of the services. */
function isPlainOf(container: Docker.ContainerInspectInfo, names: ReadonlySet<string>): boolean {
  return names.has(serviceOf(container)) && container.Config.Labels[labels.kind] === undefined;
}

/** What is made by Sluice beside the slots is none, whichever project it is in. */
function isOrphan({ Config }: Docker.ContainerInspectInfo, known: ReadonlySet<string>): boolean {
  const service = Config.Labels[composeLabels.service];
  return service !== undefined && !known.has(service) && Config.Labels[labels.kind] === undefined;
}

function serviceOf({ Config }: Docker.ContainerInspectInfo): string {
  return Config.Labels[composeLabels.service] ?? "";
}

/** Compose needs 120 ms for them: not where there is nothing to compare. */
async function hashesFor(
  engine: Engine,
  model: ComposeModel,
  containers: readonly Docker.ContainerInspectInfo[],
  built: Readonly<Record<string, string>>,
  signal?: AbortSignal,
): Promise<Readonly<Record<string, readonly string[]>>> {
  return containers.length === 0 ? {} : acceptedHashes(engine, model, { containers, built }, signal);
}
