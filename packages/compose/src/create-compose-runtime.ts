import {
  type BaseRuntime,
  type Clock,
  type Config,
  type ContainerExec,
  type ContainerLogs,
  type ContainerStats,
  type DoorRuntime,
  doorImage,
  doorSpec,
  type ImageBuilder,
  labels,
  type ObservedContainer,
  type Redact,
  type RehearsalRuntime,
  type SlotRuntime,
  type StackObserver,
  type ThrowAwayContainers,
} from "@sluice/core";
import { createBaseRuntime } from "./base/base-runtime.ts";
import { moveClaim, readClaim } from "./base/claim.ts";
import type { Memo } from "./compose-cli/memo.ts";
import { createDoorRuntime } from "./doors/door-runtime.ts";
import type { ReadUnderWay } from "./doors/quiet-moment.ts";
import type { ReadRouting } from "./doors/wait-door.ts";
import { createContainerLogs } from "./engine/container-logs.ts";
import { createContainerStats } from "./engine/container-stats.ts";
import {
  composeLabels,
  inspectAll,
  listBase,
  listContainers,
  observedContainer,
  publishedPorts,
} from "./engine/containers.ts";
import type { Environment } from "./engine/endpoint.ts";
import { createEngine, type Engine } from "./engine/engine.ts";
import { type EngineEvent, openEvents } from "./engine/events.ts";
import { type ContainerLogLine, type FollowLogsOptions, followLogs } from "./engine/follow-logs.ts";
import type { StopNotes } from "./engine/stop-notes.ts";
import { createContainerExec } from "./exec/container-exec.ts";
import type { ReadRelease } from "./hooks/find-hooks.ts";
import { createImageBuilder } from "./images/image-builder.ts";
import { defaultPool } from "./networks/subnets.ts";
import type { WantedDoorOf } from "./observe/observe-doors.ts";
import { createObserver } from "./observe/observer.ts";
import { createRehearsalRuntime } from "./rehearsal/rehearsal-runtime.ts";
import { endJobs } from "./slots/run-job.ts";
import { type OneOffRequest, type OneOffResult, provideImage, runOneOff } from "./slots/run-one-off.ts";
import { createSlotRuntime } from "./slots/slot-runtime.ts";
import { sweepTrials } from "./slots/sweep.ts";
import { createThrowAwayContainers } from "./throw-away/throw-away-containers.ts";

export interface ComposeRuntimeOptions {
  /** What Docker and Compose see of the environment: `DOCKER_HOST` (unix, tcp, ssh), contexts, `PATH`, `HOME`. */
  readonly env: Environment;
  readonly clock: Clock;
  /** Applied to all text that leaves in events and errors. Default: none. */
  readonly redact?: Redact | undefined;
  /** Asked when it is first needed. */
  readonly config: () => Promise<Config>;
  /** From the traffic adapter. */
  readonly readRouting: ReadRouting;
  /** From the traffic adapter: a door that is replaced keeps its ports until little is under way. Default: nobody tells. */
  readonly readUnderWay?: ReadUnderWay | undefined;
  /** Lets the observer see that a door was made with another preview secret. */
  readonly previewSecret?: (() => Promise<string>) | undefined;
  /** Keeps what Compose said of a model, which saves two runs of it in most commands. Default: nothing is kept. */
  readonly memo?: Memo | undefined;
  /** Keeps which stops are under way, for the run that comes after one that died. Default: the engine is asked, which forgets soon. */
  readonly stopNotes?: StopNotes | undefined;
  /** Tells the lifecycle hooks of containers in slots. Default: nobody does, and none are run there. */
  readonly readRelease?: ReadRelease | undefined;
}

/** Which state home a stack belongs to on this engine; deployments only ever claim what is free or theirs. */
export interface Claims {
  /** Id of the home; `null` before the first claim. */
  read(stack: string): Promise<string | null>;
  /** From the home that it belongs to now to another. @throws SluiceError HOME_MISMATCH */
  move(stack: string, from: string | null, to: string): Promise<void>;
}

/**
 * Disposing ends its connections to the engine, which over ssh are processes: those that are idle at once, the others when what they are
 * used for is done.
 */
export interface ComposeRuntime extends AsyncDisposable {
  readonly observer: StackObserver;
  readonly images: ImageBuilder;
  readonly base: BaseRuntime;
  readonly slots: SlotRuntime;
  readonly doors: DoorRuntime;
  readonly exec: ContainerExec;
  readonly logs: ContainerLogs;
  readonly stats: ContainerStats;
  /**
   * Loads what talks to the engine and opens the way into the stack's doors, while something else is waited for. What
   * fails here fails again, and is told, where it is needed.
   */
  warmUp(stack: string, signal: AbortSignal): Promise<void>;
  readonly throwAway: ThrowAwayContainers;
  readonly rehearsals: RehearsalRuntime;
  /** One container as it is now; `null` when it is gone. */
  inspect(container: string, signal?: AbortSignal): Promise<ObservedContainer | null>;
  /** Ids of the running containers of a base service; one cheap call. */
  runningOf(stack: string, service: string, signal?: AbortSignal): Promise<readonly string[]>;
  /** TCP ports of the host that containers of a stack have now: its doors, and what is in base. */
  publishedPorts(stack: string, signal?: AbortSignal): Promise<ReadonlySet<number>>;
  /**
   * Ends and removes the jobs of a stack that run, which a run that died has left: whoever calls it has the stack's lock, and runs none.
   * Resolves with the addresses that they had, and the names that the engine had for them.
   */
  endJobs(stack: string, signal?: AbortSignal): Promise<readonly string[]>;
  readonly claims: Claims;
  /** A command in a container of its own, on the networks of a slot. @throws SluiceError ENGINE_FAILED */
  runOneOff(request: OneOffRequest, signal?: AbortSignal): Promise<OneOffResult>;
  /** Pulls an image that is not on the engine. @throws SluiceError IMAGE_MISSING */
  provideImage(stack: string, image: string, signal?: AbortSignal): Promise<void>;
  followLogs(containers: readonly string[], options?: FollowLogsOptions): AsyncIterable<ContainerLogLine>;
  /** What happens to the containers that Sluice made for a stack, as it happens, until the signal aborts. */
  events(stack: string, signal: AbortSignal): Promise<AsyncIterable<EngineEvent>>;
}

/**
 * Everything that Sluice does on a Docker engine, as the ports of `@sluice/core`. Nothing is connected, read or started
 * before the first call that needs it.
 */
export function createComposeRuntime(options: ComposeRuntimeOptions): ComposeRuntime {
  const { env, clock, redact, config, readRouting, readUnderWay, previewSecret, memo, stopNotes, readRelease } =
    options;
  const engine = createEngine({ env, clock, redact, memo, stopNotes });
  const exec = createContainerExec(engine);
  const pool = async () => ({ ...defaultPool, pool: (await config()).network.pool });
  const wantedDoor: WantedDoorOf = async ({ model, services, stack }, name, servers) => {
    const service = services.find((one) => one.name === name);
    if (!service) return null;
    const settings = await config();
    const secret = (await previewSecret?.()) ?? "";
    const spec = doorSpec({ stack, service, config: settings, servers, previewSecret: secret });
    return { request: { spec, image: doorImage(settings), model }, secret: previewSecret !== undefined };
  };
  return {
    observer: createObserver({ engine, exec, readRouting, wantedDoor }),
    images: createImageBuilder(engine),
    base: createBaseRuntime({ engine, exec, pool }),
    slots: createSlotRuntime({ engine, exec, pool, readRelease }),
    doors: createDoorRuntime({ engine, exec, readRouting, readUnderWay, pool }),
    exec,
    logs: createContainerLogs(engine),
    stats: createContainerStats(engine),
    warmUp: (stack, signal) => warmUp(engine, readRouting, stack, signal).catch(() => undefined),
    throwAway: { ...createThrowAwayContainers(engine), sweep: (stack) => sweepTrials(engine, stack) },
    rehearsals: createRehearsalRuntime({ engine, exec, pool }),
    async inspect(container, signal) {
      const [found] = await inspectAll(engine, [container], signal);
      return found ? observedContainer(found) : null;
    },
    async runningOf(stack, service, signal) {
      const found = await listBase(engine, stack, signal);
      const running = found.filter(
        ({ State, Labels }) => State === "running" && Labels[composeLabels.service] === service,
      );
      return running.map(({ Id }) => Id);
    },
    endJobs: (stack, signal) => endJobs(engine, stack, signal),
    publishedPorts: (stack, signal) => publishedPorts(engine, stack, signal),
    claims: {
      read: (stack) => readClaim(engine, stack),
      move: (stack, from, to) => moveClaim(engine, stack, from, to),
    },
    runOneOff: (request, signal) => runOneOff(engine, request, signal),
    provideImage: (stack, image, signal) => provideImage(engine, stack, image, signal),
    followLogs: (containers, logOptions) => followLogs(engine, containers, logOptions),
    events: (stack, signal) => openEvents(engine, { type: ["container"], label: [`${labels.stack}=${stack}`] }, signal),
    async [Symbol.asyncDispose]() {
      engine.close();
    },
  };
}

async function warmUp(engine: Engine, readRouting: ReadRouting, stack: string, signal: AbortSignal): Promise<void> {
  const doors = await listContainers(engine, [`${labels.stack}=${stack}`, `${labels.kind}=door`], signal);
  const running = doors.filter(({ State }) => State === "running");
  await Promise.all(running.map(({ Id }) => readRouting(Id, signal)));
}
