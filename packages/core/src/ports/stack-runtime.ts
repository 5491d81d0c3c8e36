import type { ComposeModel } from "../model/compose.ts";
import type { DoorRouting, DoorSpec, DoorVolume } from "../model/door.ts";
import type { Finding } from "../model/finding.ts";
import type { MachineMemory } from "../model/machine-memory.ts";
import type { TakenImage } from "../model/promotion.ts";
import type { ServiceFacts } from "../model/service.ts";
import type { Slot } from "../model/slot.ts";
import type { ObservedContainer, ObservedStack, OutsideProxy } from "../model/stack.ts";
import type { StoredRelease } from "./bundle-store.ts";
import type { ContainerFile } from "./container-exec.ts";

/** Text that a child process or container wrote; already redacted. */
export interface OutputLine {
  /** `build`, or the name of a container or service. */
  readonly source: string;
  readonly stream: "stdout" | "stderr";
  readonly text: string;
}
export type OutputSink = (line: OutputLine) => void;

export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onOutput?: OutputSink | undefined;
}

/** The user's project after Compose resolved it, with the roles decided. */
export interface ResolvedProject {
  readonly stack: string;
  /** Directory that relative paths of the compose files start from; absolute. */
  readonly directory: string;
  readonly files: readonly string[];
  /** Root of the git checkout that the first of them is in, or its directory where there is none; absolute. */
  readonly checkout: string;
  /** Canonical model of all profiles. Secret. */
  readonly model: ComposeModel;
  /** Values of the model, and of the variables it was resolved with, that must be masked wherever they appear. */
  readonly secrets: readonly string[];
  readonly services: readonly ServiceFacts[];
  /** Hash over the canonical model, but for `ssh` of builds: what an agent is reached by makes no other release. */
  readonly modelHash: string;
  /** Warnings of Compose (variables not set) and what the services make impossible or doubtful. */
  readonly findings: readonly Finding[];
}

export interface BuiltImages {
  readonly images: Readonly<Record<string, string>>;
  readonly imageTags: Readonly<Record<string, string>>;
  /** Reference by digest in a registry, by service, of images that came from one. */
  readonly digests?: Readonly<Record<string, string>> | undefined;
  /** The images are there before the build has told all of its log. Resolves when it has; absent: it has. Never rejects. */
  readonly reported?: Promise<void> | undefined;
}

export interface SlotRequest {
  readonly stack: string;
  readonly slot: Slot;
  readonly release: StoredRelease;
  readonly deployment: string;
  readonly services: readonly ServiceFacts[];
  /** Fixed addresses on the link for the replicas of each web service, taken from the doors. */
  readonly addresses: Readonly<Record<string, readonly string[]>>;
  /** What the containers of jobs get in the place of what the release says, by service. */
  readonly jobs?: Readonly<Record<string, JobChange>> | undefined;
}

export interface JobChange {
  /** Beside what is written. */
  readonly environment?: Readonly<Record<string, string>> | undefined;
  readonly command?: readonly string[] | undefined;
}

export interface CreateOptions extends CallOptions {
  /** A job among the services that is run meanwhile: its container is left to `runJob`. */
  readonly running?: string | undefined;
  /**
   * Only what is gone is made. All that is there stays, but that what is paused goes on, and is connected again to what it was
   * made with. Default: the slot is emptied first.
   */
  readonly onlyMissing?: boolean | undefined;
}

export interface JobOptions extends CallOptions {
  /** How long it may take at most to end by itself once the signal ends it, milliseconds. Default: the grace period of its service. */
  readonly graceMs?: number | undefined;
  /** Called once the container runs, with its addresses and the names that the engine has for them. */
  readonly onStarted?: ((addresses: readonly string[]) => void) | undefined;
  /** Where it fails by itself it is run anew as its restart policy says (`on-failure`), each time told as its output. Default: its first failure is the end. */
  readonly runsAgain?: boolean | undefined;
}

export interface WaitReadyRequest {
  readonly stack: string;
  readonly slot: Slot;
  readonly services: readonly ServiceFacts[];
  /** A path of a service that answers 2xx or 3xx when it is ready: tells when its own health check is worth running. */
  readonly healthPaths?: Readonly<Record<string, string>> | undefined;
  /** Of each service only the first ones. Default: all. */
  readonly replicas?: number | undefined;
  /** What is unhealthy may become healthy yet: it ran without something it needs until now. Default: that has failed. */
  readonly recovers?: boolean | undefined;
}

export interface DoorRequest {
  readonly spec: DoorSpec;
  /** From `TrafficRouter.files`. */
  readonly files: readonly ContainerFile[];
  readonly routing: DoorRouting;
  /** From `TrafficRouter.volumes`. Default: none. */
  readonly volumes?: readonly DoorVolume[] | undefined;
  readonly image: string;
  readonly model: ComposeModel;
  readonly deployment: string;
  /** As `RereadOptions` has them. */
  readonly edges?: readonly string[] | undefined;
}

/** What the engine must offer before anything is changed. */
export interface EngineFacts {
  readonly engineVersion: string;
  readonly composeVersion: string;
  readonly freeDiskBytes: number | null;
  readonly findings: readonly Finding[];
}

/** What a plan is about to make, as far as something may stand in its way. */
export interface ObstaclesRequest {
  readonly stack: string;
  /** Compose files that are checked out, absolute. Default: not known. */
  readonly files?: readonly string[] | undefined;
  /** Of the release. Secret. */
  readonly model: ComposeModel;
  /** Those of the release. */
  readonly services: readonly ServiceFacts[];
  /** Services whose published ports the plan takes: for a door, or for a container in base. */
  readonly publishing: readonly string[];
  /** Ids of containers of the stack that the plan leaves as they are, and that keep their ports. */
  readonly staying: readonly string[];
  /** An image with a shell's tools, that the machine of the engine is looked at from. */
  readonly image: string;
}

/** Reads. Nothing here changes anything. */
export interface StackObserver {
  engine(signal?: AbortSignal): Promise<EngineFacts>;
  /** Resolves when the engine answers; one cheap call. @throws SluiceError ENGINE_UNREACHABLE, ENGINE_FAILED */
  ping(signal?: AbortSignal): Promise<void>;
  /** @throws SluiceError ENGINE_UNREACHABLE */
  observe(project: ResolvedProject, signal?: AbortSignal): Promise<ObservedStack>;
  /**
   * What on the engine and its machine would end a deployment only once its containers are made, as errors: published ports
   * that others have, external networks and volumes that are not there, nor files of secrets and configs in base; and directories that
   * services would leave with what is in them. What the machine does not tell is none, but for data.
   */
  obstacles(request: ObstaclesRequest, signal?: AbortSignal): Promise<readonly Finding[]>;
  /** Proxies of others on external networks of these services that ask for addresses once; changes nothing there. What cannot be seen is none. */
  outsideProxies(
    request: Pick<ObstaclesRequest, "stack" | "model"> & { readonly names: readonly string[] },
    signal?: AbortSignal,
  ): Promise<readonly OutsideProxy[]>;
  /** Containers of a slot as they are now; one cheap call, for watching. */
  slotContainers(stack: string, slot: Slot, signal?: AbortSignal): Promise<readonly ObservedContainer[]>;
  /** Containers of the base project, whoever made them, next to nothing that is wanted. */
  baseContainers(stack: string, signal?: AbortSignal): Promise<readonly ObservedContainer[]>;
  /** Those of the containers, by id, that are not on the engine any more; one cheap call each. */
  gone(containers: readonly string[], signal?: AbortSignal): Promise<readonly string[]>;
  /** Of the machine that the engine runs on, read in a container that runs; `null` where it cannot be read. @throws SluiceError EXEC_FAILED */
  memory(container: string, signal?: AbortSignal): Promise<MachineMemory | null>;
  /** The last lines of a container's log, newest last. */
  logTail(container: string, lines: number): Promise<string>;
}

/** A tag that keeps an image of a release. */
export interface TaggedImage {
  /** See `stackNames.imageRepository`. */
  readonly repository: string;
  readonly tag: string;
  readonly id: string;
}

/** Images of a release. */
export interface ImageBuilder {
  /** Builds and pulls what the project needs, tagged by release; overwrites no tag. @throws SluiceError BUILD_FAILED, IMAGE_MISSING */
  build(project: ResolvedProject, tag: string, options?: CallOptions): Promise<BuiltImages>;
  /** Tags given images for a release, builds nothing, and finds what else the project needs. @throws SluiceError IMAGE_MISSING */
  take(
    project: ResolvedProject,
    tag: string,
    images: Readonly<Record<string, TakenImage>>,
    options?: CallOptions,
  ): Promise<BuiltImages>;
  /** Ids of images that services only name, by service, pulled as their `pull_policy` says; tags nothing. @throws SluiceError IMAGE_MISSING */
  pull(
    project: Pick<ResolvedProject, "model">,
    services: readonly string[],
    options?: CallOptions,
  ): Promise<Readonly<Record<string, string>>>;
  /** The project's services with what their images, by service, say of a start. */
  facts(
    project: Pick<ResolvedProject, "model" | "services">,
    images: Readonly<Record<string, string>>,
    signal?: AbortSignal,
  ): Promise<readonly ServiceFacts[]>;
  /** Service names whose image of the bundle is no longer on the engine. */
  missing(images: Readonly<Record<string, string>>, signal?: AbortSignal): Promise<readonly string[]>;
  /**
   * Gives images back names that nothing on the engine has any more, ids by name: a pruning takes names away, also of an image that
   * containers run from. A name that another image has meanwhile stays where it is, and an image that is gone stays gone.
   */
  nameAgain(images: Readonly<Record<string, string>>, options?: CallOptions): Promise<void>;
  /** Every tag of the stack's releases that is on the engine. */
  tagged(stack: string, signal?: AbortSignal): Promise<readonly TaggedImage[]>;
  removeTags(tags: readonly string[]): Promise<void>;
  /** Removes the passing tags of builds that came to no end. For the holder of the state home's lock, while nothing is built. */
  sweep(stack: string, signal?: AbortSignal): Promise<void>;
}

export interface StartOptions extends CallOptions {
  /** Of each service only the first ones. Default: all. */
  readonly replicas?: number | undefined;
  /** What does not start, or fails in what is to run after its start, keeps nothing else down, and is thrown at the end; what hangs keeps waiting only those that need it. Default: nothing is started after it. */
  readonly goesOn?: boolean | undefined;
}

/** The services of one slot. */
export interface SlotRuntime {
  /**
   * Containers created and connected, none started; those of the jobs among the services too. Removes what an earlier
   * attempt left in the slot.
   */
  create(request: SlotRequest, options?: CreateOptions): Promise<void>;
  /** What runs stays as it is, what is paused goes on; what is just being stopped, by whomever, is ended and started, and runs for good. */
  start(stack: string, slot: Slot, services: readonly string[], options?: StartOptions): Promise<void>;
  /** Resolves when every container of the services is ready. @throws SluiceError START_FAILED, NOT_READY with the log tail as detail */
  waitReady(request: WaitReadyRequest, options?: CallOptions): Promise<readonly ObservedContainer[]>;
  /** Runs a job service of the release once, in the networks of base; in the container that `create` made for it, if it did. @throws SluiceError JOB_FAILED with the log tail */
  runJob(request: SlotRequest, service: string, options?: JobOptions): Promise<void>;
  /** Each within its own grace, which goes on when the signal aborts; rejects then, also when it has stopped. */
  stop(stack: string, slot: Slot, services: readonly string[], options?: CallOptions): Promise<void>;
  /** Containers only: the networks serve the release that comes next. Idempotent. */
  clear(stack: string, slot: Slot, options?: CallOptions): Promise<void>;
  /** Containers and the slot's own networks; never a volume. Idempotent. */
  remove(stack: string, slot: Slot, options?: CallOptions): Promise<void>;
  /**
   * Removes what dead attempts left beside the slots: one-off containers, preview doors, doors that do not serve. A door
   * that does, and was not given its name any more, gets it.
   */
  sweep(stack: string, options?: CallOptions): Promise<void>;
  /**
   * Containers of services in slots that are in the base project: plain Compose runs them, or the release before has them
   * there. As `stop` does; without `graceMs` each has its own grace.
   */
  stopPlain(containers: readonly string[], graceMs: number | undefined, options?: CallOptions): Promise<void>;
  /** As `start` does. */
  startPlain(containers: readonly string[], options?: CallOptions): Promise<void>;
  /**
   * Resolves when every one of such containers is ready. Each may take as long as its own health check needs to decide, a minute
   * without one. @throws SluiceError START_FAILED, NOT_READY with the log tail as detail
   */
  waitPlain(containers: readonly string[], options?: CallOptions): Promise<void>;
  removePlain(containers: readonly string[], options?: CallOptions): Promise<void>;
}

export interface DoorOptions extends CallOptions {
  /** Called when the door is made and connected and only its start is left: what holds its ports must be gone after it. */
  readonly beforeStart?: (() => Promise<void>) | undefined;
  /** `ensure` makes a door anew that is as wanted, unless it was made by the deployment of the request. Default: it is kept. */
  readonly renew?: boolean | undefined;
}

export interface RemoveDoorOptions extends CallOptions {
  /** A door takes nobody in any more, and what is under way has so many milliseconds to end. Default: it is cut. */
  readonly graceMs?: number | undefined;
}

/** Containers of doors; what they do inside is the traffic adapter's. */
export interface DoorRuntime {
  /**
   * Fixed addresses for the replicas of a service by slot. `slot` is where the release of the model is, or will be: there they
   * lie on a network that the service is on. The ones that an existing door leads to in the other slot are kept, and in that of the
   * release those that its containers have, unless they are made `anew`.
   */
  addresses(
    model: ComposeModel,
    service: ServiceFacts,
    slot: Slot,
    options?: { readonly anew?: boolean | undefined },
  ): Promise<Readonly<Record<Slot, readonly string[]>>>;
  /** Hash that `ObservedDoor.state` is judged by. */
  specHash(request: Omit<DoorRequest, "deployment" | "files" | "routing" | "volumes">): string;
  /**
   * Created, connected and started; replaces a door of another spec, or what `beforeStart` ends, with the shortest gap at
   * the published ports and none for who asks by name in the stack. Resolves with the container id.
   */
  ensure(request: DoorRequest, options?: DoorOptions): Promise<string>;
  /** As `ensure`, without published ports, aliases and labels: a way to the candidate before the ports are free. */
  ensurePreview(request: DoorRequest, options?: CallOptions): Promise<string>;
  removePreview(stack: string, service: string): Promise<void>;
  /** With the preview, if there is one. Idempotent. */
  remove(stack: string, service: string, options?: RemoveDoorOptions): Promise<void>;
}
