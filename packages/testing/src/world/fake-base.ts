import {
  type BaseRuntime,
  type ComposeModel,
  type ComposeService,
  isPinned,
  type ServiceFacts,
  SluiceError,
  type StoredRelease,
  stackNames,
  volumeNames,
} from "@sluice/core";
import { assertReady, type FakeContext, haltContainer, removeContainer, startContainer } from "./context.ts";
import { assertPortsFree } from "./fake-slots.ts";
import { addContainer, containersIn, nameOf, type WorldContainer, type WorldState } from "./state.ts";
import { sharesPort } from "./users.ts";

export function fakeBase(context: FakeContext): BaseRuntime {
  const { act, state } = context;
  return {
    claim: (stack, homeId, when) =>
      act(`base.claim ${stack}`, undefined, () => {
        if (state.homeId !== null && state.homeId !== homeId) {
          throw new SluiceError("HOME_MISMATCH", `stack ${stack} belongs to another state home`);
        }
        if (when !== "if-taken") state.homeId = homeId;
      }),
    async ensureNetworks(model, slot, services, { signal } = {}) {
      for (const volume of Object.values(volumeNames(model))) state.volumes.add(volume);
      const keys = new Set(services.flatMap(({ networks }) => networks));
      for (const key of keys) {
        const name = stackNames.link(state.stack, slot, key);
        await act(`base.ensureNetworks ${name}`, signal, () => void state.networks.add(name));
      }
    },
    async remove(_stack, service, { signal } = {}) {
      for (const container of containersIn(state, "base", service)) {
        await act(`base.remove ${service}`, signal, () => {
          state.gaps.add(service);
          // Whose port it has loses users too, where no door of its own is there.
          for (const other of state.containers.values()) {
            const hasDoor = [...state.doors.values()].some((door) => door.service === other.service);
            if (!hasDoor && sharesPort(state, other.service, container)) state.gaps.add(other.service);
          }
          removeContainer(context, container);
        });
      }
    },
    changedFiles: async ({ filesDir }, wanted, services) => {
      const [before, after] = [state.copies.get(filesDir), copiesIn(state, wanted.filesDir)];
      const isOther = ({ name }: ServiceFacts) =>
        before?.has(name) && after.has(name) && before.get(name) !== after.get(name);
      return Object.fromEntries(services.filter(isOther).map(({ name }) => [name, [`${name}.conf`]]));
    },
    placed: async (release, services, _now, left) => {
      const gone = services.flatMap(({ name }) => state.goneFiles.get(name) ?? []);
      const of = (kind: "unproven" | "missing") => gone.flatMap((one) => (one.kind === kind ? [one.path] : []));
      const isCopy = ({ name }: ServiceFacts) => {
        const copied = withCopy(release, name).services[name];
        const runs = containersIn(state, "base", name).some(({ spec }) => spec === JSON.stringify(copied));
        const isGone = copiesIn(state, release.filesDir).has(name) && !state.files.has(name);
        return (
          runs ||
          isGone ||
          (left && copiesIn(state, left.filesDir).get(name) !== copiesIn(state, release.filesDir).get(name))
        );
      };
      const model = services
        .filter(isCopy)
        .reduce((all, { name }) => withCopy({ ...release, model: all }, name), release.model);
      return { model, unproven: of("unproven"), missing: of("missing") };
    },
    restartAfter: async (_stack, { name }, others, { signal } = {}) => {
      const made = Math.max(...others.flatMap((other) => containersIn(state, "base", other).map(numberOf)));
      const outlived = containersIn(state, "base", name).filter(
        (one) => one.state === "running" && (one.startedAfter ?? 0) < made,
      );
      for (const container of outlived) {
        await act(`base.restartAfter ${name}`, signal, () => {
          haltContainer(context, container);
          startContainer(context, container);
        });
        assertReady(container);
      }
    },
    rereadNames: (_stack, { signal } = {}) => act("base.rereadNames", signal, () => undefined),
    async up(model, service, services, { signal, renews = [] } = {}) {
      const spec = baseSpec(model, service);
      const own = () => containersIn(state, "base", service.name);
      const others = own().filter((one) => one.spec !== spec || renews.includes(one.id));
      if (others.length > 0 || own().length === 0) {
        await act(`base.up ${service.name}: stop`, signal, () => {
          // Whoever accepts that a service is replaced stop-first accepts that nobody serves meanwhile.
          state.gaps.add(service.name);
          // As Compose does: what is new is made first, and takes the place when the old one is gone.
          if (own().length === others.length) {
            for (const volume of volumesIn(spec, state.stack)) state.volumes.add(volume);
            const imageId = isPinned(service) ? model.services[service.name]?.image : undefined;
            const file = copiesIn(state, copyOf(spec)).get(service.name);
            const made = addContainer(state, { place: "base", facts: service, spec, imageId, file });
            if (others[0]) made.name = `${others[0].id}_${made.name}`;
          }
          for (const old of others) haltContainer(context, old);
        });
        await act(`base.up ${service.name}: create`, signal, () => {
          for (const old of others) removeContainer(context, old);
          for (const made of own()) made.name = nameOf(state, "base", service.name);
        });
      }
      await act(`base.up ${service.name}: start`, signal, () => {
        for (const container of containersIn(state, "base", service.name)) {
          if (container.state !== "running") {
            assertPortsFree(state, service);
            assertFreeInBase(state, service);
          }
          startContainer(context, container);
        }
        assertFilled(state, service, services);
        for (const container of containersIn(state, "base", service.name)) assertReady(container);
        state.gaps.delete(service.name);
        // The users of a door that gave its port to this one are here now.
        for (const gap of state.gaps) {
          const hasDoor = [...state.doors.values()].some((door) => door.service === gap);
          if (!hasDoor && containersIn(state, "base", gap).length === 0) state.gaps.delete(gap);
        }
      });
    },
  };
}

/** What a job was to make is not there: a service that waits for it is never ready. @throws SluiceError NOT_READY */
function assertFilled(
  { doneJobs }: WorldState,
  { name, awaits = [] }: ServiceFacts,
  all: readonly ServiceFacts[],
): void {
  const missing = awaits.find((job) => !doneJobs.has(job) && all.some((one) => one.active && one.name === job));
  if (missing) throw new SluiceError("NOT_READY", `${name} is not ready: ${missing} has not run`);
}

/** @throws SluiceError START_FAILED */
function assertFreeInBase(state: WorldState, { name, ports }: ServiceFacts): void {
  const wanted = new Set(ports.map(({ published }) => published).filter((published) => published !== 0));
  const holder = [...state.containers.values()].find(
    (one) =>
      one.place === "base" &&
      one.state === "running" &&
      one.service !== name &&
      one.facts.ports.some(({ published }) => wanted.has(published)),
  );
  if (holder) throw new SluiceError("START_FAILED", `${name} cannot be started: ${holder.name} holds its port`);
}

/** What is in the files of a release's copies; in those of the checkout without one. */
function copiesIn({ files, copies }: WorldState, filesDir: string | undefined): ReadonlyMap<string, string> {
  return filesDir === undefined ? files : (copies.get(filesDir) ?? new Map());
}

/** Containers are numbered as they are made. */
function numberOf({ id }: WorldContainer): number {
  return Number(id.slice(1));
}

/** The model with the release's copy of what a service mounts. */
function withCopy({ model, filesDir }: Pick<StoredRelease, "model" | "filesDir">, name: string): ComposeModel {
  return { ...model, services: { ...model.services, [name]: { ...model.services[name], [copyKey]: filesDir } } };
}

function copyOf(spec: string): string | undefined {
  return (JSON.parse(spec) as Record<string, string | undefined>)[copyKey];
}

const copyKey = "x-copies";

/** What a base service is made from: its part of the model, and nothing of the release. */
export function baseSpec(model: ComposeModel, { name }: ServiceFacts): string {
  return JSON.stringify(model.services[name] ?? {});
}

/** Names on the engine of the named volumes of what is made from that. */
export function volumesIn(spec: string, stack: string): readonly string[] {
  const { volumes = [] } = JSON.parse(spec) as ComposeService;
  return volumes.map(({ source = "" }) => `${stack}_${source}`);
}

/** Whether a container is as a project wants it; what a project builds has no image to compare before it is built. */
export function isAsWanted({ spec }: WorldContainer, model: ComposeModel, facts: ServiceFacts): boolean {
  return withoutImage(spec, facts) === withoutImage(baseSpec(model, facts), facts);
}

function withoutImage(spec: string, facts: ServiceFacts): string {
  const { image, build: _build, pull_policy: _policy, ...rest } = JSON.parse(spec) as Record<string, unknown>;
  return JSON.stringify(isPinned(facts) ? rest : { image, ...rest });
}
