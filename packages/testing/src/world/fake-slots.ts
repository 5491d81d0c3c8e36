import { type ServiceFacts, type Slot, type SlotRuntime, SluiceError, stackNames } from "@sluice/core";
import { assertReady, type FakeContext, removeContainer, startContainer, stopContainer } from "./context.ts";
import { addContainer, containersIn, type WorldContainer, type WorldState } from "./state.ts";
import { isPublic } from "./users.ts";

export function fakeSlots(context: FakeContext): SlotRuntime {
  const { act, state, behaviourOf } = context;
  const clear = async (slot: Slot, signal?: AbortSignal, isApart: (job: WorldContainer) => boolean = () => false) => {
    for (const container of [...containersIn(state, slot), ...jobsOf(state, slot)]) {
      if (isApart(container)) continue;
      await act(`slots.remove ${container.service} of ${slot}`, signal, () => removeContainer(context, container));
    }
  };
  const remove = async (slot: Slot, signal?: AbortSignal) => {
    await clear(slot, signal);
    await act(`slots.remove networks of ${slot}`, signal, () => void state.networks.delete(networkOf(state, slot)));
  };
  return {
    async create({ slot, release, deployment, services }, { signal, running, onlyMissing } = {}) {
      if (!onlyMissing) await clear(slot, signal, (job) => job.service === running && job.deployment === deployment);
      await act(`slots.create networks of ${slot}`, signal, () => void state.networks.add(networkOf(state, slot)));
      // As Compose has it, to which a slot of nothing is no project.
      if (services.every(({ name }) => name === running))
        throw new SluiceError("COMPOSE_FAILED", "no service selected");
      for (const facts of services.filter(({ role, name }) => role === "job" && name !== running)) {
        const wanted = { place: "job" as const, facts, spec: slot, release: release.bundle.id, deployment };
        await act(`slots.create job ${facts.name} in ${slot}`, signal, () => void addContainer(state, wanted));
      }
      for (const facts of services.filter(({ role }) => role !== "job")) {
        const there = ofServices(state, slot, [facts.name]);
        const kept = there.length;
        for (const container of there.filter(({ cutOffFrom = [] }) => cutOffFrom.length > 0)) {
          await act(`slots.connect ${facts.name} of ${slot}`, signal, () => {
            container.cutOffFrom = [];
          });
        }
        for (let replica = kept; replica < facts.replicas; replica++) {
          const imageId = release.bundle.images[facts.name];
          const wanted = { place: slot, facts, release: release.bundle.id, deployment, imageId };
          await act(`slots.create ${facts.name} in ${slot}`, signal, () => void addContainer(state, wanted));
        }
      }
    },
    async start(_stack, slot, services, { signal, replicas, goesOn = false } = {}) {
      const failures: unknown[] = [];
      for (const container of ofServices(state, slot, services, replicas)) {
        const started = act(`slots.start ${container.service} of ${slot}`, signal, () =>
          startContainer(context, container),
        );
        await started.catch((error: unknown) => {
          if (!goesOn || signal?.aborted) throw error;
          failures.push(error);
        });
      }
      if (failures.length > 0) throw failures[0];
    },
    async waitReady({ slot, services, replicas }, { signal } = {}) {
      const names = services.map(({ name }) => name);
      return act(`slots.waitReady ${names.join(" ")} of ${slot}`, signal, () => {
        const containers = ofServices(state, slot, names, replicas);
        for (const container of containers) assertReady(container);
        return containers.map((container) => ({ ...container }));
      });
    },
    async runJob({ slot, release, deployment }, service, { signal, onOutput, runsAgain = false } = {}) {
      const facts = release.bundle.services.find(({ name }) => name === service);
      if (!facts) throw new SluiceError("JOB_FAILED", `job ${service} is not in the release`);
      const job = await act(`slots.runJob ${service}: start`, signal, () => {
        state.networks.add(networkOf(state, slot));
        const made = jobsOf(state, slot).find((job) => job.service === service);
        if (made?.state === "created" && made.deployment === deployment) {
          startContainer(context, made);
          return made;
        }
        if (made) state.containers.delete(made.id);
        const wanted = { place: "job" as const, facts, spec: slot, release: release.bundle.id, deployment };
        return addContainer(state, { ...wanted, state: "running" });
      });
      onOutput?.({ source: service, stream: "stdout", text: `${service} at work` });
      await act(`slots.runJob ${service}: end`, signal, () => state.containers.delete(job.id));
      const { failingJobs = [], hastyJobs = [] } = behaviourOf(release.bundle.id);
      if (failingJobs.includes(service) || (hastyJobs.includes(service) && !runsAgain)) {
        throw new SluiceError("JOB_FAILED", `job ${service} ended with exit code 1`);
      }
      state.doneJobs.add(service);
    },
    async stop(_stack, slot, services, { signal } = {}) {
      for (const container of ofServices(state, slot, services)) {
        await act(`slots.stop ${container.service} of ${slot}`, signal, () =>
          stopContainer(context, container, signal),
        );
      }
    },
    clear: (_stack, slot, { signal } = {}) => clear(slot, signal),
    remove: (_stack, slot, { signal } = {}) => remove(slot, signal),
    async sweep(_stack, { signal } = {}) {
      for (const job of containersIn(state, "job")) {
        await act(`slots.sweep job ${job.service}`, signal, () => void state.containers.delete(job.id));
      }
      for (const door of [...state.doors.values()].filter(({ kind, dark }) => kind === "preview" || dark)) {
        await act(`slots.sweep ${door.kind} ${door.service}`, signal, () => void state.doors.delete(door.id));
      }
    },
    ...plainContainers(context),
  };
}

function plainContainers(
  context: FakeContext,
): Pick<SlotRuntime, "stopPlain" | "startPlain" | "waitPlain" | "removePlain"> {
  const { act, state } = context;
  const each = async (
    verb: string,
    ids: readonly string[],
    signal: AbortSignal | undefined,
    effect: (container: WorldContainer) => void | Promise<void>,
  ) => {
    for (const id of ids) {
      const container = state.containers.get(id);
      if (container) await act(`slots.${verb} ${container.service}`, signal, () => effect(container));
    }
  };
  return {
    stopPlain: (ids, _graceMs, { signal } = {}) =>
      each("stopPlain", ids, signal, (container) => {
        if (container.facts.ports.length > 0) state.gaps.add(container.service);
        return stopContainer(context, container, signal);
      }),
    async startPlain(ids, { signal } = {}) {
      const gone = ids.filter((id) => !state.containers.has(id));
      if (gone.length > 0) throw new SluiceError("START_FAILED", `container ${gone.join(", ")} is gone`);
      await each("startPlain", ids, signal, (container) => {
        assertPortsFree(state, container.facts);
        startContainer(context, container);
        state.gaps.delete(container.service);
      });
    },
    waitPlain: (ids, { signal } = {}) => each("waitPlain", ids, signal, assertReady),
    removePlain: (ids, { signal } = {}) =>
      each("removePlain", ids, signal, (container) => removeContainer(context, container)),
  };
}

/** @throws SluiceError START_FAILED */
export function assertPortsFree(state: WorldState, { name, ports }: ServiceFacts): void {
  const wanted = new Set(ports.map(({ published }) => published));
  const holder = [...state.doors.values()].find(
    (door) => isPublic(door) && door.ports.some((port) => wanted.has(port)),
  );
  if (holder) throw new SluiceError("START_FAILED", `${name} cannot be started: a door holds its port`);
}

/** @param replicas the first ones of each service; default all */
function ofServices(
  state: WorldState,
  slot: Slot,
  services: readonly string[],
  replicas = Number.POSITIVE_INFINITY,
): readonly WorldContainer[] {
  const found = containersIn(state, slot).filter(({ service }) => services.includes(service));
  const numberOf = (one: WorldContainer) => found.filter(({ service }) => service === one.service).indexOf(one);
  return found.filter((one) => numberOf(one) < replicas);
}

function jobsOf(state: WorldState, slot: Slot): readonly WorldContainer[] {
  return containersIn(state, "job").filter(({ spec }) => spec === slot);
}

export function networkOf(state: WorldState, slot: Slot): string {
  return `${stackNames.slotProject(state.stack, slot)}_default`;
}
