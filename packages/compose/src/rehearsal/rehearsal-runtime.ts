import {
  type CallOptions,
  type ContainerExec,
  type ObservedContainer,
  type RehearsalRequest,
  type RehearsalRuntime,
  type RehearsalWorld,
  SluiceError,
  type StoredRelease,
  stackNames,
} from "@sluice/core";
import type Docker from "dockerode";
import { composeLabels, inspectAll, listSlot, observedContainer } from "../engine/containers.ts";
import type { Engine } from "../engine/engine.ts";
import { unlessStatus } from "../engine/errors.ts";
import { startContainers } from "../engine/start.ts";
import { networkKeys } from "../model/networks.ts";
import { endpointAliases, type PlaceRequest } from "../model/slot-model.ts";
import { connect } from "../networks/connect.ts";
import type { SubnetPool } from "../networks/subnets.ts";
import { createContainers } from "../slots/create-containers.ts";
import { budgetOf } from "../slots/ready-state.ts";
import { runToEnd } from "../slots/run-job.ts";
import { removeRehearsal } from "../slots/sweep.ts";
import { waitContainer } from "../slots/wait-ready.ts";
import { removeWithVolumes } from "../throw-away/throw-away-containers.ts";
import { type ClosedPlaces, closedPlaces, dataPlaces } from "./closed-places.ts";
import {
  companionsOf,
  hostSources,
  leftOut,
  rehearsalModel,
  rehearsalNetworks,
  withCommand,
} from "./rehearsal-model.ts";

export interface RehearsalMeans {
  readonly engine: Engine;
  readonly exec: ContainerExec;
  readonly pool: () => Promise<SubnetPool>;
}

export function createRehearsalRuntime(means: RehearsalMeans): RehearsalRuntime {
  return {
    async open(request) {
      // What a dead run left.
      await removeRehearsal(means.engine, request.stack);
      return createWorld(means, request);
    },
  };
}

function createWorld(means: RehearsalMeans, request: RehearsalRequest): RehearsalWorld {
  const { engine } = means;
  const { stack } = request;
  const missing = new Set<string>();
  const make = async (release: StoredRelease, services: readonly string[], options: CallOptions) => {
    const made = await create(means, request, release, services, options);
    for (const text of made.leftOut) missing.add(text);
    return made.containers;
  };
  return {
    async runJob(release, service, options = {}) {
      const { command } = options;
      const running = command ? withCommand(release, service, command) : release;
      const containers = await make(running, [service], options);
      await startCompanions(means, containers, [service], options);
      const job = containers.find((one) => serviceOf(one) === service);
      if (!job) throw new SluiceError("JOB_FAILED", `job ${service}: Compose made no container for it`);
      await runToEnd(engine, job, service, options);
      await removeWithVolumes(engine, job.Id);
    },
    async start(release, services, options = {}) {
      const containers = await make(release, services, options);
      await startCompanions(means, containers, services, options);
      const wanted = containers.filter((one) => services.includes(serviceOf(one)));
      return startAndWait(means, wanted, release, options);
    },
    async clear() {
      const found = await listSlot(engine, stack, "rehearsal");
      await Promise.all(found.map(({ Id }) => removeWithVolumes(engine, Id)));
    },
    notTested: () => [...missing],
    [Symbol.asyncDispose]: () => removeRehearsal(engine, stack),
  };
}

interface Made {
  readonly containers: readonly Docker.ContainerInspectInfo[];
  /** For people: what of the host they do not see. */
  readonly leftOut: readonly string[];
}

/** Makes the services and their companions, and lets the copy in where the database would be. */
async function create(
  { engine, pool }: RehearsalMeans,
  { stack, deployment, database, copy, files }: RehearsalRequest,
  release: StoredRelease,
  services: readonly string[],
  options: CallOptions,
): Promise<Made> {
  const facts = release.bundle.services;
  const place: PlaceRequest = { stack, slot: "rehearsal", release, deployment, services: facts, addresses: {} };
  const all = [...services, ...companionsOf(facts, services, database)];
  const networks = rehearsalNetworks(release.model, all);
  const copied = files ? { source: files.source, volume: await volumeOf(engine, copy, files.target) } : undefined;
  const closed = await closedTo(engine, place, all, options.signal);
  const modelOf = (subnets: Readonly<Record<string, string>>) =>
    rehearsalModel(place, all, { subnets, copied, closed });
  await createContainers(engine, await pool(), place, options, modelOf, { networks });
  if (!files) await joinAsDatabase(engine, { stack, database, copy }, release, networks);
  const found = await listSlot(engine, stack, "rehearsal", options.signal);
  const ids = found.map(({ Id }) => Id);
  return {
    containers: await inspectAll(engine, ids, options.signal),
    leftOut: all.flatMap((name) => leftOut(place, name, { closed, copied })),
  };
}

/** Two services may mount the same: what is closed to one of them is closed to both. */
async function closedTo(
  engine: Engine,
  place: PlaceRequest,
  services: readonly string[],
  signal: AbortSignal | undefined,
): Promise<ClosedPlaces> {
  const { kind } = await engine.endpoint();
  const { model } = place.release;
  const closed = new Map<string, readonly string[]>();
  for (const service of services) {
    const look = { dataPlaces: dataPlaces(model, place.services, service), isLocal: kind === "unix", signal };
    for (const source of hostSources(place, service)) {
      const places = await closedPlaces(source, look);
      closed.set(source, [...new Set([...(closed.get(source) ?? []), ...places])]);
    }
  }
  return closed;
}

/** The name that the engine gave a container's own volume. */
async function volumeOf(engine: Engine, container: string, target: string): Promise<string> {
  const { Mounts } = await (await engine.docker()).getContainer(container).inspect();
  const found = Mounts.find(({ Type, Destination }) => Type === "volume" && Destination === target);
  if (found?.Name) return found.Name;
  throw new SluiceError("START_FAILED", `the copy of the database has no volume at ${target}`);
}

/** The copy is found in the networks of the database's service, under its names. */
async function joinAsDatabase(
  engine: Engine,
  { stack, database, copy }: Pick<RehearsalRequest, "stack" | "database" | "copy">,
  { model }: StoredRelease,
  networks: readonly string[],
): Promise<void> {
  const project = stackNames.slotProject(stack, "rehearsal");
  const written = model.services[database];
  const shared = networks.filter((key) => networkKeys(written).includes(key));
  await joinNetworks(
    engine,
    copy,
    shared.map((key) => ({
      network: `${project}_${key}`,
      aliases: [database, ...(written ? endpointAliases(written, key) : [])],
    })),
  );
}

async function joinNetworks(
  engine: Engine,
  copy: string,
  endpoints: readonly { readonly network: string; readonly aliases: readonly string[] }[],
): Promise<void> {
  const docker = await engine.docker();
  // The engine connects no container that has chosen to have no network.
  await unlessStatus(
    docker.getNetwork("none").disconnect({ Container: copy, Force: true }),
    [403, 404, 409, 500],
    null,
  );
  await connect(engine, await docker.getContainer(copy).inspect(), endpoints);
}

async function startCompanions(
  means: RehearsalMeans,
  containers: readonly Docker.ContainerInspectInfo[],
  services: readonly string[],
  { signal }: CallOptions,
): Promise<void> {
  const companions = containers.filter((one) => !services.includes(serviceOf(one)) && !one.State.Running);
  await startContainers(
    means.engine,
    companions.map(({ Id }) => Id),
  );
  await Promise.all(
    companions.map((one) => waitContainer(means.engine, means.exec, { id: one.Id, budget: budgetOf(one) }, { signal })),
  );
}

async function startAndWait(
  { engine, exec }: RehearsalMeans,
  containers: readonly Docker.ContainerInspectInfo[],
  { bundle }: StoredRelease,
  { signal }: CallOptions,
): Promise<readonly ObservedContainer[]> {
  await startContainers(
    engine,
    containers.map(({ Id }) => Id),
  );
  const ready = await Promise.all(
    containers.map((one) => {
      const budget = bundle.services.find(({ name }) => name === serviceOf(one))?.startBudget ?? budgetOf(one);
      return waitContainer(engine, exec, { id: one.Id, budget }, { signal });
    }),
  );
  return ready.map(observedContainer);
}

function serviceOf({ Config }: Docker.ContainerInspectInfo): string {
  return Config.Labels[composeLabels.service] ?? "";
}
