import {
  type BaseChange,
  type Finding,
  isInSlot,
  isPinned,
  type ObservedBaseService,
  type ObservedDoor,
  type ObservedSlot,
  type ResolvedProject,
  type ServiceFacts,
  type Slot,
  SluiceError,
  type StackObserver,
  slots,
  volumesOf,
} from "@sluice/core";
import type { FakeContext } from "./context.ts";
import { baseSpec, isAsWanted, volumesIn } from "./fake-base.ts";
import { wantedDoorSpec } from "./fake-doors.ts";
import { containersIn, type WorldContainer, type WorldState } from "./state.ts";

export function fakeObserver({ act, state }: FakeContext): StackObserver {
  return {
    engine: (signal) =>
      act("observer.engine", signal, () => ({
        engineVersion: "28.0.0",
        composeVersion: "2.40.0",
        freeDiskBytes: null,
        findings: [],
      })),
    ping: (signal) => act("observer.ping", signal, () => undefined),
    observe: (project, signal) =>
      act("observer.observe", signal, () => ({
        stack: state.stack,
        homeId: state.homeId,
        slots: { blue: observeSlot(state, "blue"), green: observeSlot(state, "green") },
        base: Object.fromEntries(
          project.services.filter(isInBase).map((service) => [service.name, observeBase(state, project, service)]),
        ),
        doors: observeDoors(state, project),
        plain: [...containersIn(state, "plain"), ...containersIn(state, "base")]
          .filter(({ service }) =>
            project.services.some((facts) => facts.name === service && facts.active && isInSlot(facts)),
          )
          .map((container) => ({ ...container })),
        orphans: [...containersIn(state, "plain"), ...containersIn(state, "base")]
          .filter(({ service }) => project.services.every((facts) => facts.name !== service || isLeftOut(facts)))
          .map((container) => ({ ...container })),
        missingLinks: [],
        cutOff: slots.flatMap((slot) =>
          containersIn(state, slot).flatMap(({ name, service, cutOffFrom: networks = [] }) =>
            networks.length > 0 ? [{ slot, service, container: name, networks }] : [],
          ),
        ),
        redefined: [],
        foreign: state.foreign,
        sameFiles: state.sameFiles,
        missingVolumes: Object.fromEntries(
          project.services
            .filter(({ active }) => active)
            .map(({ name }) => [name, volumesOf(project.model, name).filter((volume) => !state.volumes.has(volume))]),
        ),
        leftovers: leftoversOf(state),
      })),
    slotContainers: (_stack, slot, signal) =>
      act(`observer.slotContainers ${slot}`, signal, () => containersIn(state, slot).map((one) => ({ ...one }))),
    baseContainers: (_stack, signal) =>
      act("observer.baseContainers", signal, () => containersIn(state, "base").map((one) => ({ ...one }))),
    gone: (containers, signal) =>
      act("observer.gone", signal, () => containers.filter((id) => !state.containers.has(id))),
    obstacles: (_request, signal) => act("observer.obstacles", signal, () => state.obstacles),
    outsideProxies: (_request, signal) => act("observer.outsideProxies", signal, () => state.outsideProxies),
    memory: (container, signal) =>
      act("observer.memory", signal, () => {
        if (!state.doors.has(container)) throw new SluiceError("ENGINE_FAILED", `container ${container} is gone`);
        return state.memory;
      }),
    logTail: (id) =>
      act(`observer.logTail ${id}`, undefined, () => {
        if (!state.containers.has(id)) throw new SluiceError("ENGINE_FAILED", `container ${id} is gone`);
        return `last words of ${id}`;
      }),
  };
}

function isInBase(service: ServiceFacts): boolean {
  return service.active && service.role !== "tool" && service.role !== "job" && !isInSlot(service);
}

/** What would be in base under a profile that is not active. */
function isLeftOut(service: ServiceFacts): boolean {
  return !service.active && isInBase({ ...service, active: true });
}

function observeSlot(state: WorldState, slot: Slot): ObservedSlot {
  const containers = containersIn(state, slot).map((container) => ({ ...container }));
  return {
    slot,
    release: containers[0]?.release ?? null,
    deployment: containers[0]?.deployment ?? null,
    containers,
  };
}

function observeBase(state: WorldState, { model }: ResolvedProject, facts: ServiceFacts): ObservedBaseService {
  const containers = containersIn(state, "base", facts.name);
  const seen = { service: facts.name, containers: containers.map((container): WorldContainer => ({ ...container })) };
  if (containers.length === 0) return { ...seen, state: "absent", reason: "it is not there yet" };
  if (!containers.every((container) => isAsWanted(container, model, facts))) {
    const change = changeOf(state, containers, model, facts);
    return { ...seen, state: "changed", reason: "its configuration changed", change };
  }
  const stopped = containers.find(({ state: is }) => is !== "running");
  if (stopped) return { ...seen, state: "stopped", reason: `${stopped.name} is ${stopped.state}` };
  return { ...seen, state: "current", reason: "" };
}

function changeOf(
  { stack, volumes }: WorldState,
  containers: readonly WorldContainer[],
  model: ResolvedProject["model"],
  facts: ServiceFacts,
): BaseChange {
  const had = containers.flatMap(({ spec }) => volumesIn(spec, stack));
  const wanted = volumesIn(baseSpec(model, facts), stack);
  const takes = wanted.filter((volume) => !had.includes(volume));
  const image = { runs: imageIn(containers[0]?.spec ?? "{}"), wanted: imageIn(baseSpec(model, facts)) };
  return {
    leaves: had.filter((volume) => !wanted.includes(volume)),
    takes,
    makes: takes.filter((volume) => !volumes.has(volume)),
    keepsOthers: had.some((volume) => wanted.includes(volume)),
    ...(!isPinned(facts) && image.runs !== image.wanted && { image }),
  };
}

function imageIn(spec: string): string {
  return (JSON.parse(spec) as { readonly image?: string }).image ?? "";
}

function observeDoors(state: WorldState, { services, model }: ResolvedProject): Readonly<Record<string, ObservedDoor>> {
  const webs = services.filter((service) => service.role === "web" && service.active && isInSlot(service));
  const all = [...state.doors.values()].filter(({ kind }) => kind === "door");
  const names = new Set([...webs.map(({ name }) => name), ...all.map(({ service }) => service)]);
  return Object.fromEntries(
    [...names].map((service): [string, ObservedDoor] => {
      const own = all.filter((door) => door.service === service);
      const door = own.find(({ dark }) => !dark) ?? own[0];
      if (!door)
        return [service, { service, state: "absent", reason: "it is not there yet", containerId: null, routing: null }];
      const seen = { service, containerId: door.id };
      if (!door.running) return [service, { ...seen, state: "stopped", reason: "it is exited", routing: null }];
      const facts = webs.find(({ name }) => name === service);
      const isOutdated = facts !== undefined && door.spec !== wantedDoorSpec(model, facts);
      const { routing } = door;
      if (door.dark) {
        const reason = "it is on none of its networks";
        return [service, { ...seen, state: "outdated", reason, isUnreached: true, routing }];
      }
      if (isOutdated) return [service, { ...seen, state: "outdated", reason: "its ports changed", routing }];
      return [service, { ...seen, state: "current", reason: "", routing }];
    }),
  );
}

function leftoversOf(state: WorldState): readonly Finding[] {
  const jobs = containersIn(state, "job").map(
    ({ service }): Finding => ({
      severity: "warn",
      code: "leftover-job",
      message: `job container ${service} is left`,
      service,
    }),
  );
  const doors = [...state.doors.values()].filter(({ kind, dark }) => kind === "preview" || dark);
  return [
    ...jobs,
    ...doors.map(({ service, kind }): Finding => {
      const code = kind === "preview" ? "leftover-preview" : "leftover-door";
      return { severity: "warn", code, message: `${kind} of ${service} is left`, service };
    }),
  ];
}
