import {
  baseServices,
  type ComposeModel,
  type DoorRequest,
  type DoorRuntime,
  type ServiceFacts,
  SluiceError,
  slots,
} from "@sluice/core";
import type { FakeContext } from "./context.ts";
import { containersIn, mayLeaveSlots, type WorldContainer, type WorldDoor, type WorldState } from "./state.ts";
import { isPublic } from "./users.ts";

export function fakeDoors(context: FakeContext): DoorRuntime {
  const { act, state, violation } = context;
  return {
    addresses: (_model, { name, replicas }) =>
      act(`doors.addresses ${name}`, undefined, () => {
        const [blue, green] = slots.map((slot) => Array.from({ length: replicas }, (_, at) => `${name}.${slot}.${at}`));
        return { blue: blue ?? [], green: green ?? [] };
      }),
    specHash: specOf,
    async ensure(request, { signal, beforeStart, renew = false } = {}) {
      const { service } = request.spec;
      const found = doorsOf(state, service);
      const serving = found.find(isPublic) ?? found.find(({ dark }) => !dark);
      for (const dark of found.filter((door) => door !== serving)) {
        await act(`doors.ensure ${service}: remove a half-made one`, signal, () => void state.doors.delete(dark.id));
      }
      if (serving?.spec === specOf(request) && !(renew && serving.deployment !== request.deployment)) {
        if (serving.running) return serving.id;
        await act(`doors.ensure ${service}: put files`, signal, () => {
          serving.routing = request.routing;
        });
        await beforeStart?.();
        await act(`doors.ensure ${service}: start`, signal, () => takeOver(context, serving));
        return serving.id;
      }
      const made = await act(`doors.ensure ${service}: create`, signal, () => addDoor(state, request, "door"));
      await beforeStart?.();
      if (serving) {
        await act(`doors.ensure ${service}: stop the old one`, signal, () => {
          state.gaps.add(service);
          serving.running = false;
          // What went through it ends with it: that is the gap.
          for (const slot of slots) state.open.delete(`${service}@${slot}`);
        });
      }
      await act(`doors.ensure ${service}: take over`, signal, () => {
        takeOver(context, made);
        if (serving) serving.dark = true;
      });
      if (serving) {
        await act(`doors.ensure ${service}: remove the old one`, signal, () => void state.doors.delete(serving.id));
      }
      return made.id;
    },
    async ensurePreview(request, { signal } = {}) {
      const { service } = request.spec;
      await act(`doors.ensurePreview ${service}: remove the old one`, signal, () => removePreview(state, service));
      const preview = await act(`doors.ensurePreview ${service}`, signal, () => addDoor(state, request, "preview"));
      return preview.id;
    },
    removePreview: (_stack, service) =>
      act(`doors.removePreview ${service}`, undefined, () => removePreview(state, service)),
    remove: (_stack, service, { signal, graceMs = 0 } = {}) =>
      act(`doors.remove ${service}`, signal, () => {
        const removed = doorsOf(state, service);
        const isInUse = slots.some((slot) => state.open.has(`${service}@${slot}`));
        if (removed.some(isPublic) && isInUse && graceMs === 0) violation(`requests at door ${service} were cut off`);
        if (removed.some((door) => givesPortOn(state, door))) state.gaps.add(service);
        for (const door of removed) state.doors.delete(door.id);
        for (const slot of slots) state.open.delete(`${service}@${slot}`);
      }),
  };
}

function addDoor(state: WorldState, request: DoorRequest, kind: WorldDoor["kind"]): WorldDoor {
  state.ids += 1;
  const { service } = request.spec;
  const door: WorldDoor = {
    id: `${kind}-${service}-${state.ids}`,
    service,
    kind,
    spec: specOf(request),
    deployment: request.deployment,
    ports: publishedPorts(request.model, service),
    listen: request.spec.listen.map(({ port }) => port),
    sendsProxy: request.spec.proxyProtocol.out,
    // On its links alone, where it proves that it works.
    running: true,
    dark: true,
    routing: request.routing,
  };
  state.doors.set(door.id, door);
  return door;
}

function takeOver({ state }: FakeContext, door: WorldDoor): void {
  const others = [...state.doors.values()].filter((other) => other !== door && isPublic(other));
  const plain = besideSlots(state).filter((container) => container.state === "running");
  const held = [
    ...others.flatMap(({ ports }) => ports),
    ...plain.flatMap(({ facts }) => facts.ports.map(({ published }) => published)),
  ];
  const taken = door.ports.find((port) => held.includes(port));
  if (taken !== undefined) {
    throw new SluiceError("DOOR_FAILED", `door ${door.service} cannot be started: port ${taken} is taken`);
  }
  door.running = true;
  door.dark = false;
  state.gaps.delete(door.service);
  // The users of a door that gave its port to this one are here now.
  for (const service of state.gaps) {
    if (doorsOf(state, service).length + besideSlots(state, service).length === 0) state.gaps.delete(service);
  }
}

function besideSlots(state: WorldState, service?: string): readonly WorldContainer[] {
  return [...containersIn(state, "plain", service), ...containersIn(state, "base", service)];
}

/** Its port goes back to the container that had it, or on to a door that waits for it, or to another service in base. */
export function givesPortOn(state: WorldState, door: WorldDoor): boolean {
  const { service } = door;
  const isBeside = besideSlots(state, service).length > 0;
  return isBeside || hasHeir(state, door) || mayLeaveSlots(state, service) || goesToBase(state, door);
}

function hasHeir(state: WorldState, { ports }: WorldDoor): boolean {
  const waiting = [...state.doors.values()].filter(
    ({ kind, running, dark }) => kind === "door" && !isPublic({ running, dark }),
  );
  return waiting.some((door) => door.ports.some((port) => ports.includes(port)));
}

function goesToBase(state: WorldState, { ports }: WorldDoor): boolean {
  return knownServices(state).some((services) =>
    baseServices(services.filter(({ active }) => active)).some((service) =>
      service.ports.some(({ published }) => ports.includes(published)),
    ),
  );
}

/** Services of every release, as it is stored and as it was asked for. */
function knownServices({ bundles, records }: WorldState): readonly (readonly ServiceFacts[])[] {
  const stored = [...bundles.values()].map(({ bundle }) => bundle.services);
  // Of the start of an attempt, and of its build.
  const asked = records
    .flatMap((record) => [record, record["data"] as Readonly<Record<string, unknown>> | undefined])
    .flatMap((told) => (told?.["changedServices"] ? [told["changedServices"] as ServiceFacts[]] : []));
  return [...stored, ...asked];
}

function doorsOf(state: WorldState, service: string): readonly WorldDoor[] {
  return [...state.doors.values()].filter((door) => door.service === service && door.kind === "door");
}

function removePreview(state: WorldState, service: string): void {
  for (const door of state.doors.values()) {
    if (door.service === service && door.kind === "preview") state.doors.delete(door.id);
  }
}

function publishedPorts(model: ComposeModel, service: string): readonly number[] {
  return (model.services[service]?.ports ?? []).map(({ published }) => Number(published ?? 0));
}

function specOf({ spec, model }: Pick<DoorRequest, "spec" | "model">): string {
  const { service, listen, healthPath, proxyProtocol } = spec;
  return doorSpecHash({ service, model, listen: listen.map(({ port }) => port), healthPath, proxyProtocol });
}

/** What a door of a service would be made from, by the facts of a release. */
export function wantedDoorSpec(
  model: ComposeModel,
  { name: service, ports, port, healthPath = null, proxyProtocol = { in: false, out: false } }: ServiceFacts,
): string {
  const listen = new Set(ports.map(({ target }) => target));
  if (port !== null) listen.add(port);
  return doorSpecHash({ service, model, listen: [...listen].toSorted((a, b) => a - b), healthPath, proxyProtocol });
}

interface DoorParts extends Pick<DoorRequest["spec"], "service" | "healthPath" | "proxyProtocol"> {
  readonly model: ComposeModel;
  readonly listen: readonly number[];
}

function doorSpecHash({ service, model, ...parts }: DoorParts): string {
  return JSON.stringify({ ...parts, ports: publishedPorts(model, service) });
}
