import {
  type CallOptions,
  type ContainerExec,
  eachInOrder,
  isSluiceError,
  labels,
  type ServiceFacts,
  type Slot,
  type SlotRequest,
  type SlotRuntime,
  SluiceError,
  type StartOptions,
  startWaves,
} from "@sluice/core";
import type Docker from "dockerode";
import { composeLabels, isAnonymousVolume, listSlot, observedContainer } from "../engine/containers.ts";
import type { Engine } from "../engine/engine.ts";
import { unlessStatus } from "../engine/errors.ts";
import { startContainers } from "../engine/start.ts";
import { removeContainers, stopContainers } from "../engine/stop.ts";
import { findHooks, type ReadRelease } from "../hooks/find-hooks.ts";
import { runPreStop, startHooked } from "../hooks/run-hooks.ts";
import { slotNetworks } from "../model/networks.ts";
import { removeStaleLinks } from "../networks/stale-links.ts";
import type { SubnetPool } from "../networks/subnets.ts";
import { isMadeAgain } from "../roles/service-shape.ts";
import { createSlot } from "./create-slot.ts";
import { budgetOf } from "./ready-state.ts";
import { runJob } from "./run-job.ts";
import { dependenciesOf } from "./start-order.ts";
import { removeSlotNetworks, sweep } from "./sweep.ts";
import { placesOf } from "./uploads.ts";
import { type WaitOptions, waitContainer } from "./wait-ready.ts";

export interface SlotDependencies {
  readonly engine: Engine;
  readonly exec: ContainerExec;
  readonly pool: () => Promise<SubnetPool>;
  readonly readRelease?: ReadRelease | undefined;
}

export function createSlotRuntime(dependencies: SlotDependencies): SlotRuntime {
  const { engine, exec, pool, readRelease } = dependencies;
  return {
    async create(request, { onlyMissing = false, ...options } = {}) {
      if (onlyMissing) {
        await wakePaused(engine, request);
        return createSlot(engine, await pool(), request, options, ["--no-recreate"]);
      }
      const isApart = ({ Labels }: Docker.ContainerInfo) =>
        options.running !== undefined &&
        Labels[composeLabels.service] === options.running &&
        Labels[labels.deployment] === request.deployment;
      await clearSlot(dependencies, request.stack, request.slot, options, isApart);
      await removeOtherNetworks(engine, request);
      await removeStaleLinks(engine, { ...request, model: request.release.model });
      await createSlot(engine, await pool(), request, options);
    },
    start: (stack, slot, services, options) => startServices(dependencies, { stack, slot, services }, options),
    async waitReady({ stack, slot, services, healthPaths, replicas, recovers }, { signal } = {}) {
      const names = services.map(({ name }) => name);
      const found = firstOf(await containersOf(engine, stack, slot, names, signal), replicas);
      const stop = new AbortController();
      const ended = signal ? AbortSignal.any([signal, stop.signal]) : stop.signal;
      try {
        const ready = await Promise.all(
          found.map(({ Id, Labels }) => {
            const facts = services.find(({ name }) => name === Labels[composeLabels.service]);
            const budget = facts?.startBudget ?? { timeoutMs: 60_000, derivation: "default" };
            const listens = facts && listensAt(facts, healthPaths?.[facts.name]);
            return waitContainer(engine, exec, { id: Id, budget }, { signal: ended, listens, recovers });
          }),
        );
        return ready.map((container) => ({ ...observedContainer(container), health: acceptedHealth(container) }));
      } finally {
        // The first failure ends the other waits.
        stop.abort();
      }
    },
    runJob: async (request, service, options) => runJob(engine, await pool(), request, service, options),
    async stop(stack, slot, services, options) {
      const found = await containersOf(engine, stack, slot, services);
      await runPreStop(engine, await findHooks(found, "pre_stop", readRelease, options), options);
      await stopContainers(
        engine,
        found.map(({ Id }) => Id),
        options,
      );
    },
    clear: (stack, slot, options) => clearSlot(dependencies, stack, slot, options),
    remove: (stack, slot, options) => removeSlot(dependencies, stack, slot, options),
    sweep: (stack) => sweep(engine, stack),
    stopPlain: (containers, graceMs, options) => stopContainers(engine, containers, options, graceMs),
    startPlain: async (containers) => void (await startContainers(engine, containers)),
    waitPlain: async (containers, { signal } = {}) => {
      await Promise.all(containers.map((id) => waitByOwnBudget(engine, exec, id, signal)));
    },
    removePlain: (containers) => removeContainers(engine, containers),
  };
}

/** The path is asked over HTTP in the clear only; else the port says it. */
function listensAt({ port, ports, protocol }: ServiceFacts, path: string | undefined): WaitOptions["listens"] {
  const listen = port ?? ports[0]?.target;
  if (listen === undefined) return undefined;
  return { port: listen, ...(protocol === "http" && path !== undefined ? { path } : {}) };
}

/** A container that was accepted because its health check passed when we ran it is healthy, whatever the engine says yet. */
function acceptedHealth({ State }: Docker.ContainerInspectInfo): "none" | "healthy" {
  return State.Health && State.Health.Status !== "none" ? "healthy" : "none";
}

async function containersOf(
  engine: Engine,
  stack: string,
  slot: Slot,
  services: readonly string[],
  signal?: AbortSignal,
): Promise<readonly Docker.ContainerInfo[]> {
  const found = await listSlot(engine, stack, slot, signal);
  return found.filter(({ Labels }) => services.includes(Labels[composeLabels.service] ?? ""));
}

/** The first containers of each service, by the numbers that Compose gave them. */
function firstOf(
  containers: readonly Docker.ContainerInfo[],
  replicas: number | undefined,
): readonly Docker.ContainerInfo[] {
  if (replicas === undefined) return containers;
  return containers.filter(({ Labels }) => Number(Labels[composeLabels.number] ?? 1) <= replicas);
}

/** Compose would start what is paused, which the engine refuses. */
async function wakePaused(engine: Engine, { stack, slot }: Pick<SlotRequest, "stack" | "slot">): Promise<void> {
  const found = await listSlot(engine, stack, slot);
  const paused = found.filter(({ State }) => State === "paused");
  await startContainers(
    engine,
    paused.map(({ Id }) => Id),
  );
}

/**
 * Starts in waves; where a service waits for the health of another one of the slot, so does this. With `goesOn` each service as soon as those
 * that it needs are up, whatever becomes of them, and of its other containers.
 */
async function startServices(
  { engine, exec, readRelease }: SlotDependencies,
  { stack, slot, services }: { readonly stack: string; readonly slot: Slot; readonly services: readonly string[] },
  { signal, replicas, onOutput, goesOn = false }: StartOptions = {},
): Promise<void> {
  const found = firstOf(await containersOf(engine, stack, slot, services, signal), replicas);
  const dependencies: Record<string, string[]> = {};
  const awaited = new Set<string>();
  for (const container of found) {
    const needs = dependenciesOf(container);
    dependencies[container.Labels[composeLabels.service] ?? ""] = needs.map(({ service }) => service);
    for (const { service, mustBeHealthy } of needs) if (mustBeHealthy) awaited.add(service);
  }
  const ofServices = (names: readonly string[]) =>
    found.filter(({ Labels }) => names.includes(Labels[composeLabels.service] ?? ""));
  // Those that are started together end with the first of them that fails.
  const start = async (containers: readonly Docker.ContainerInfo[]) => {
    signal?.throwIfAborted();
    await startHooked(engine, await findHooks(containers, "post_start", readRelease, { onOutput }), {
      signal,
      onOutput,
    });
    const watched = containers.filter(({ Labels }) => awaited.has(Labels[composeLabels.service] ?? ""));
    await Promise.all(watched.map(({ Id }) => waitByOwnBudget(engine, exec, Id, signal)));
  };
  if (!goesOn) {
    for (const wave of startWaves(dependencies)) await start(ofServices(wave));
    return;
  }
  const failures: unknown[] = [];
  await eachInOrder(dependencies, async (service) => {
    const each = ofServices([service]).map((one) => start([one]));
    for (const result of await Promise.allSettled(each)) if (result.status === "rejected") failures.push(result.reason);
  });
  signal?.throwIfAborted();
  if (failures.length > 0) throw failures.length === 1 ? failures[0] : startError(failures);
}

/** What each of them says: only one error is thrown. */
function startError(failures: readonly unknown[]): SluiceError {
  const details = failures.flatMap((failure) => (isSluiceError(failure) && failure.detail ? [failure.detail] : []));
  const message = failures.map((failure) => (failure instanceof Error ? failure.message : String(failure))).join("; ");
  return new SluiceError("START_FAILED", message, { detail: details.join("\n") || undefined, cause: failures[0] });
}

async function waitByOwnBudget(
  engine: Engine,
  exec: ContainerExec,
  id: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  const details = await (await engine.docker()).getContainer(id).inspect();
  await waitContainer(engine, exec, { id, budget: budgetOf(details) }, { signal });
}

async function clearSlot(
  { engine, readRelease }: SlotDependencies,
  stack: string,
  slot: Slot,
  options: CallOptions = {},
  isApart: (container: Docker.ContainerInfo) => boolean = () => false,
): Promise<void> {
  const found = await listSlot(engine, stack, slot, options.signal);
  const removed = found.filter((container) => !isApart(container));
  await runPreStop(engine, await findHooks(removed, "pre_stop", readRelease, options), options);
  await removeContainers(
    engine,
    removed.map(({ Id }) => Id),
  );
  await removeCaches(engine, removed);
}

/** Anonymous volumes of containers that are gone, whose content can be made again, or is of the release. What else was written there stays. */
async function removeCaches(engine: Engine, containers: readonly Docker.ContainerInfo[]): Promise<void> {
  const names = containers.flatMap(({ Mounts, Labels }) => {
    const places = placesOf(Labels);
    return Mounts.flatMap(({ Type, Name = "", Destination }) => {
      const isOver = isMadeAgain(Destination) || places.includes(Destination);
      return Type === "volume" && isAnonymousVolume(Name) && isOver ? [Name] : [];
    });
  });
  if (names.length === 0) return;
  await engine.call("volumes of a slot cannot be removed", (docker) =>
    // 409: another container has it too.
    Promise.all(names.map((name) => unlessStatus(docker.getVolume(name).remove(), [404, 409], null))),
  );
}

async function removeSlot(
  dependencies: SlotDependencies,
  stack: string,
  slot: Slot,
  options?: CallOptions,
): Promise<void> {
  await clearSlot(dependencies, stack, slot, options);
  await removeSlotNetworks(dependencies.engine, stack, slot);
}

/** Networks of an earlier release that this one does not want, or wants otherwise; the engine needs 250 ms to make one anew. */
async function removeOtherNetworks(engine: Engine, { stack, slot, release, services }: SlotRequest): Promise<void> {
  const keys = new Set(slotNetworks(release.model, services));
  await removeSlotNetworks(engine, stack, slot, ({ Labels, Internal }) => {
    const key = Labels?.[composeLabels.network] ?? "";
    return !keys.has(key) || Internal !== (release.model.networks?.[key]?.internal === true);
  });
}
