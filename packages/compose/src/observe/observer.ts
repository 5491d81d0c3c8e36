import {
  type ComposeModel,
  labels,
  type ObservedSlot,
  type ObservedStack,
  type ResolvedProject,
  type Slot,
  type StackObserver,
  stackNames,
} from "@sluice/core";
import type Docker from "dockerode";
import { acceptedHashes, builtImages } from "../base/base-hashes.ts";
import { readClaim } from "../base/claim.ts";
import type { ReadRouting } from "../doors/wait-door.ts";
import { composeLabels, inspectAll, listProject, observedContainer } from "../engine/containers.ts";
import type { Engine } from "../engine/engine.ts";
import { logTail } from "../engine/log-tail.ts";
import { isInSlot } from "../networks/ensure-networks.ts";
import { listBeside } from "../slots/sweep.ts";
import { readEngineFacts } from "./engine-facts.ts";
import { leftoverFindings } from "./leftovers.ts";
import { isInBase, observeBaseService } from "./observe-base.ts";
import { observeDoors, type WantedDoorOf } from "./observe-doors.ts";

export interface ObserverDependencies {
  readonly engine: Engine;
  readonly readRouting: ReadRouting;
  readonly wantedDoor: WantedDoorOf;
}

export function createObserver({ engine, readRouting, wantedDoor }: ObserverDependencies): StackObserver {
  return {
    engine: (signal) => readEngineFacts(engine, signal),
    logTail: async (container, lines) => engine.redact(await logTail(engine, container, lines)),
    async slotContainers(stack, slot, signal) {
      return (await observeSlot(engine, stack, slot, signal)).containers;
    },
    async observe(project, signal): Promise<ObservedStack> {
      const { stack } = project;
      const [blue, green, base, beside, homeId] = await Promise.all([
        observeSlot(engine, stack, "blue", signal),
        observeSlot(engine, stack, "green", signal),
        observeProject(engine, project, signal),
        listBeside(engine, stack),
        readClaim(engine, stack),
      ]);
      const doors = beside.filter(({ Labels }) => Labels[labels.kind] === "door");
      const containers = await inspectAll(
        engine,
        doors.map(({ Id }) => Id),
        signal,
      );
      return {
        stack,
        homeId,
        slots: { blue, green },
        ...base,
        doors: await observeDoors({ project, containers, readRouting, wanted: wantedDoor, signal }),
        leftovers: leftoverFindings(project, beside),
      };
    },
  };
}

async function observeSlot(engine: Engine, stack: string, slot: Slot, signal?: AbortSignal): Promise<ObservedSlot> {
  const found = await listProject(engine, stackNames.slotProject(stack, slot), signal);
  const ids = found.filter(({ Labels }) => Labels[labels.kind] !== "job").map(({ Id }) => Id);
  const containers = (await inspectAll(engine, ids, signal)).map(observedContainer);
  const [labelled] = containers.filter(({ release }) => release !== null);
  return { slot, release: labelled?.release ?? null, deployment: labelled?.deployment ?? null, containers };
}

/** Containers of the base project: base services beside what is wanted, and what plain Compose runs of the others. */
async function observeProject(
  engine: Engine,
  { stack, model, services }: ResolvedProject,
  signal?: AbortSignal,
): Promise<Pick<ObservedStack, "base" | "plain">> {
  const found = await listProject(engine, stack, signal);
  const containers = await inspectAll(
    engine,
    found.map(({ Id }) => Id),
    signal,
  );
  const inBase = services.filter(isInBase);
  const hashes = await hashesFor(
    engine,
    model,
    inBase.length > 0 ? containers : [],
    builtImages(containers, inBase),
    signal,
  );
  const of = (name: string) => containers.filter((container) => serviceOf(container) === name);
  const base = inBase.map(
    (service) => [service.name, observeBaseService(service, of(service.name), hashes[service.name])] as const,
  );
  const slotServices = new Set(
    services.filter((service) => isInSlot(service) && service.role !== "job").map(({ name }) => name),
  );
  const plain = containers.filter((container) => slotServices.has(serviceOf(container))).map(observedContainer);
  return { base: Object.fromEntries(base), plain };
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
  return containers.length === 0 ? {} : acceptedHashes(engine, model, built, signal);
}
