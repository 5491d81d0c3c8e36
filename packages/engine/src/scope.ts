import type {
  Config,
  DeploymentPlan,
  EnginePorts,
  EventBody,
  OutputSink,
  ReleaseConfig,
  ReleaseRequest,
  ResolvedProject,
  ServiceFacts,
  Slot,
  SlotWindow,
  StoredRelease,
  TakenImage,
} from "@sluice/core";
import { createEvent, judgedBy } from "@sluice/core";
import type { Control } from "./control/control.ts";
import type { WorkerRestarts } from "./prepare/worker-proof.ts";
import type { Observations } from "./record/observations.ts";
import type { RunState } from "./run/run-state.ts";

export type { EnginePorts };

/** What a stack needs to be told once. */
export interface StackFacts {
  readonly stack: string;
  readonly homeId: string;
  readonly config: Config;
  /** Opens the preview of this stack's doors. Secret. */
  readonly previewSecret: string;
}

/** One deployment under way. */
export interface DeploymentScope extends StackFacts {
  readonly deployment: string;
  /** Of the release that was asked for, also where it is not built. */
  readonly tag: string;
  readonly plan: DeploymentPlan;
  readonly ports: EnginePorts;
  /** What a `build` step builds from; `null` where a stored release is deployed or an attempt is resumed. */
  readonly source: ReleaseSource | null;
  /** There from the `build` step on, which sets it. */
  release: StoredRelease | null;
  /** Services of the release, where they are not as it is stored; it is kept with them once it is live. */
  changedServices?: readonly ServiceFacts[] | undefined;
  readonly previousRelease: StoredRelease | null;
  /** What is checked out, as this run has resolved it. */
  readonly project: ResolvedProject;
  /** An earlier run began it: what is checked out now may be another release. Default: no. */
  readonly isResumed?: boolean | undefined;
  /** Id of a stored release that is wanted after it, and not pruned by it. Default: none. */
  readonly keep?: string | undefined;
  /** Names of the containers that ran when this run began. */
  readonly ranBefore: ReadonlySet<string>;
  /** Doors by service: container ids, known once made or observed. */
  readonly doorIds: Map<string, string>;
  /** Ways to the candidate beside the doors, by service: container ids, from the step that makes one until the door leads there. */
  readonly previewIds: Map<string, string>;
  /** What the next record carries for the report. */
  readonly observations: Observations;
  /** What people say to it while it runs. */
  readonly control: Control;
  /** By service: what the previous gave its users while it last had some, for when it has none any more. */
  readonly recorded: Map<string, SlotWindow>;
  /** Of workers, from when this run saw them become ready. */
  readonly workerRestarts: WorkerRestarts;
  /** What becomes of it while it runs. */
  readonly run: RunState;
}

export interface ReleaseSource {
  readonly project: ResolvedProject;
  readonly request: ReleaseRequest;
  /** What the release is judged by. */
  readonly config: ReleaseConfig;
  readonly key: string;
  /** When the newest stored release was made, ISO 8601; `""` where there is none. */
  readonly newestAt: string;
  /** A release of the same commit that has the images that would be built; `null` builds. */
  readonly imagesOf: StoredRelease | null;
  /** Ids of images that were pulled anew, see `withNamesakes`: others of that release are used, those are pulled. Default: none were. */
  readonly pulled?: Readonly<Record<string, string>> | undefined;
  /** Images that are proven elsewhere: nothing is built. */
  readonly taken?: { readonly from: string; readonly images: Readonly<Record<string, TakenImage>> } | undefined;
}

/** The release of a step that comes after `build`. */
export function releaseOf(scope: DeploymentScope): StoredRelease {
  if (scope.release) return scope.release;
  throw new Error(`deployment ${scope.deployment} has no release yet: a step ran before its build`);
}

/** The configuration with the checks of the release that is being deployed. */
export function judgingConfig(scope: DeploymentScope): Config {
  return judgedBy(scope.config, releaseOf(scope).bundle);
}

/** Facts of the services that a step names, from the release that is being deployed. */
export function servicesOf(scope: DeploymentScope, names?: readonly string[]): readonly ServiceFacts[] {
  const services = releaseOf(scope).bundle.services.filter(({ active }) => active);
  return names ? services.filter(({ name }) => names.includes(name)) : services;
}

export type Emitter = Pick<DeploymentScope, "ports"> & Partial<Pick<DeploymentScope, "observations">>;

/** Tells what calls outside of steps write, such as the hooks of what is started again. */
export function tellOutput(scope: Pick<DeploymentScope, "ports">): OutputSink {
  return (line) => emit(scope, { type: "output-line", ...line });
}

/** Tells an event; within a deployment, its next record keeps what the report needs of it. */
export function emit({ ports, observations }: Emitter, body: EventBody): void {
  const event = createEvent(ports.clock.now(), body);
  observations?.note(event);
  try {
    ports.onEvent(event);
  } catch {
    // A renderer that fails must not fail a deployment.
  }
}

/** The release in a slot, or that gets it; `null` before its build, and where its bundle is gone. */
export function releaseIn(scope: DeploymentScope, slot: Slot): StoredRelease | null {
  return slot === servingSlot(scope) ? scope.release : scope.previousRelease;
}

/** Where the release is that a plan is for: one that promotes nothing puts right what serves already, in the slot of what would be its previous. */
export function servingSlot({ plan }: Pick<DeploymentScope, "plan">): Slot {
  const promotes = plan.steps.some(({ kind }) => kind === "promote");
  return promotes ? plan.candidate : (plan.previous ?? plan.candidate);
}

/** The other release of a deployment: which serves until it goes back to that one; `null` where it is not stored. */
export function leftFor(
  { bundle }: StoredRelease,
  { release, previousRelease }: DeploymentScope,
): StoredRelease | null {
  return bundle.id === previousRelease?.bundle.id ? release : previousRelease;
}
