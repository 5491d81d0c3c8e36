import type {
  DoorRouting,
  Finding,
  ForeignProject,
  JournalRecord,
  MachineMemory,
  ObservedContainer,
  OutsideProxy,
  RehearsalOutcome,
  SameFilesProject,
  ServiceFacts,
  Slot,
  StoredRelease,
  TrafficCount,
} from "@sluice/core";

/** Where a container lives: a slot, the base project as Sluice runs it, the base project as plain Compose ran it, a job. */
export type Place = Slot | "base" | "plain" | "job";

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

export interface WorldContainer extends Mutable<ObservedContainer> {
  readonly place: Place;
  readonly facts: ServiceFacts;
  /** What it was made from; another one is another container. */
  readonly spec: string;
  /** Networks that somebody took it from. Default: none. */
  cutOffFrom?: readonly string[];
  /** Number of the newest container when it was started. Default: it was not. */
  startedAfter?: number;
  /** What was in the file that it mounts when it was made. Default: it mounts none. */
  readonly file?: string | undefined;
}

export interface WorldDoor {
  readonly id: string;
  readonly service: string;
  readonly kind: "door" | "preview";
  readonly spec: string;
  readonly deployment: string;
  readonly ports: readonly number[];
  readonly listen: readonly number[];
  /** It speaks the PROXY protocol to what is behind it. */
  readonly sendsProxy: boolean;
  running: boolean;
  /** On its links only: it never took over. */
  dark: boolean;
  /** What is in its file, running or not. */
  routing: DoorRouting;
}

/** Everything that outlives a killed deployer: the engine, the doors, and the state home. */
export interface WorldState {
  readonly stack: string;
  homeId: string | null;
  readonly containers: Map<string, WorldContainer>;
  readonly doors: Map<string, WorldDoor>;
  /** Stops that the engine was asked for and has not done yet, by container. */
  readonly stops: Map<string, symbol>;
  readonly networks: Set<string>;
  /** Named volumes of base, by their names on the engine. */
  readonly volumes: Set<string>;
  /** Services of jobs that ended well, ever. */
  readonly doneJobs: Set<string>;
  /** By base service: what it mounts of a checkout that is no more, as `BaseRuntime.placed` tells of it. */
  readonly goneFiles: Map<string, { readonly kind: "unproven" | "missing"; readonly path: string }>;
  /** By base service: what is in the file of the checkout that it mounts. */
  readonly files: Map<string, string>;
  /** The same in the copies of a release, by their directory. */
  readonly copies: Map<string, ReadonlyMap<string, string>>;
  /** Commit that somebody has checked out; `null` while it is whichever a deployment asks for. */
  checkedOut: string | null;
  readonly bundles: Map<string, StoredRelease>;
  readonly images: Set<string>;
  /** What a registry has by now under the name of an image, where that is not what it had at first. */
  readonly registry: Map<string, string>;
  /** Id by `REPOSITORY:TAG`. */
  readonly tags: Map<string, string>;
  readonly records: JournalRecord[];
  /** What is kept of deployments' logs: lines by `SERVICE CONTAINER`. */
  readonly logs: Map<string, Map<string, readonly string[]>>;
  /** What doors counted at some moments. */
  readonly counts: TrafficCount[];
  /** Requests under way, as `SERVICE@SLOT`. */
  readonly open: Set<string>;
  /** Services whose way in changes hands just now: the one moment in which nobody gets an answer. */
  readonly gaps: Set<string>;
  /** What stands in the way of whatever is deployed. */
  obstacles: readonly Finding[];
  /** Of others on external networks. */
  outsideProxies: readonly OutsideProxy[];
  /** Compose projects of others under names of the stack. */
  foreign: readonly ForeignProject[];
  /** Compose projects of the same files under other names. */
  sameFiles: readonly SameFilesProject[];
  /** Of the engine's machine; `null` where it does not tell. */
  memory: MachineMemory | null;
  /** What a rehearsal finds; `null` nothing. */
  rehearsal: RehearsalOutcome | null;
  /** Id of the newest backup that was proven. */
  proven: string | null;
  ids: number;
}

export function createState(stack: string): WorldState {
  return {
    stack,
    homeId: null,
    containers: new Map(),
    doors: new Map(),
    stops: new Map(),
    networks: new Set(),
    volumes: new Set(),
    doneJobs: new Set(),
    goneFiles: new Map(),
    files: new Map(),
    copies: new Map(),
    checkedOut: null,
    bundles: new Map(),
    // Of doors.
    images: new Set(["sluice/door:3.0", "sluice/door-caddy:2"]),
    registry: new Map(),
    tags: new Map(),
    records: [],
    logs: new Map(),
    counts: [],
    open: new Set(),
    gaps: new Set(),
    obstacles: [],
    outsideProxies: [],
    foreign: [],
    sameFiles: [],
    memory: { availableBytes: 4_294_967_296, totalBytes: 8_589_934_592 },
    rehearsal: null,
    proven: null,
    ids: 0,
  };
}

export function containersIn(state: WorldState, place: Place, service?: string): readonly WorldContainer[] {
  return [...state.containers.values()].filter(
    (container) => container.place === place && (service === undefined || container.service === service),
  );
}

/** A release wants the service in base, replaced stop-first: whoever accepts that accepts the gap of getting there. */
export function mayLeaveSlots(state: WorldState, service: string): boolean {
  return [...state.bundles.values()].some(({ bundle }) =>
    bundle.services.some(({ name, strategy, active }) => active && name === service && strategy === "recreate"),
  );
}

export function isUp({ state, health, cutOffFrom = [] }: WorldContainer): boolean {
  return state === "running" && health !== "unhealthy" && health !== "starting" && cutOffFrom.length === 0;
}

export interface NewContainer {
  readonly place: Place;
  readonly facts: ServiceFacts;
  readonly spec?: string | undefined;
  readonly release?: string | null | undefined;
  readonly deployment?: string | null | undefined;
  readonly state?: ObservedContainer["state"] | undefined;
  readonly imageId?: string | undefined;
  readonly file?: string | undefined;
}

export function addContainer(state: WorldState, wanted: NewContainer): WorldContainer {
  const { place, facts, spec = "", release = null, deployment = null, file } = wanted;
  state.ids += 1;
  const id = `c${state.ids}`;
  const container: WorldContainer = {
    id,
    name: nameOf(state, place, facts.name),
    service: facts.name,
    imageId: wanted.imageId ?? `sha256:${facts.name}`,
    state: wanted.state ?? "created",
    health: wanted.state === "running" ? "healthy" : "none",
    restartCount: 0,
    exitCode: 0,
    oomKilled: false,
    startedAt: "",
    finishedAt: "",
    release,
    deployment,
    place,
    facts,
    spec,
    ...(file !== undefined && { file }),
  };
  state.containers.set(id, container);
  return container;
}

/** Compose numbers the containers of a service: one that is made anew in base is called as the one before. */
export function nameOf({ stack, ids }: WorldState, place: Place, service: string): string {
  return place === "base" ? `${stack}-${service}-1` : `${stack}-${place}-${service}-${ids}`;
}
