import type {
  Config,
  DeploymentPlan,
  Finding,
  Freeze,
  JournalRecord,
  ObservedContainer,
  ReleaseRequest,
  ServiceFacts,
  Serving,
  Slot,
  SlotStatus,
  SlotTraffic,
} from "@sluice/core";
import type { AttemptRecord, RebuiltState, UnderWay } from "@sluice/engine";
import type { LeftBackups, LockHolder } from "@sluice/journal";
import type {
  AlteredVariable,
  DroppedStep,
  MigrationStep,
  NeededFile,
  ProfilesHere,
  RelativeWrite,
  WorkflowFile,
  WorkflowVariable,
} from "@sluice/workflows";

export type { SlotStatus } from "@sluice/core";
export type { AuditReport, ExportedHome, LeftBackups, LockHolder } from "@sluice/journal";

export interface PlanView {
  readonly plan: DeploymentPlan;
  readonly text: string;
  readonly services: readonly ServiceFacts[];
  readonly findings: readonly Finding[];
  readonly serving: Serving | null;
  readonly tag: string;
  /** Id of the release that it leads to; `null` where that is not stored yet. */
  readonly release: string | null;
}

/** A stored release whose project is gone by, as what is checked out cannot be resolved. */
export interface StandIn {
  /** Id of the release that was made live last. */
  readonly release: string;
  readonly tag: string;
  /** Why what is checked out cannot be resolved, where that is written, and what mends it. */
  readonly finding: Finding;
}

export interface DoorStatus {
  readonly service: string;
  readonly state: "absent" | "current" | "outdated" | "stopped";
  readonly reason: string;
  readonly stable: Slot | null;
  /** Percent of the users by slot. */
  readonly shares: Readonly<Record<Slot, number>>;
}

export interface StackStatus {
  readonly stack: string;
  readonly serving: Serving | null;
  readonly slots: readonly SlotStatus[];
  readonly doors: readonly DoorStatus[];
  readonly base: readonly {
    readonly service: string;
    readonly state: string;
    readonly containers: readonly ObservedContainer[];
  }[];
  readonly findings: readonly Finding[];
  /** Attempt without an end: what `sluice resume` or `sluice abort` is for. */
  readonly unfinished: UnfinishedStatus | null;
  readonly lock: LockHolder | null;
  /** The deployment that a process is at now, and whether it waits for a person. */
  readonly underWay: UnderWay | null;
  readonly last: AttemptRecord | null;
  /** What was gone by in the place of what is checked out; `null` where that was resolved. */
  readonly standIn: StandIn | null;
}

export interface UnfinishedStatus {
  readonly deployment: string;
  readonly tag: string;
  readonly since: string;
  /** Not before its release is stored. */
  readonly canResume: boolean;
  /** Not once its release is promoted, nor where users may reach it and what was before does not run. */
  readonly canAbort: boolean;
  /** What leads out in the latter case. Absent otherwise. */
  readonly hint?: string;
}

export interface ProcessRow extends ObservedContainer {
  /** Where it lives: a slot, base or a door. */
  readonly place: Slot | "base" | "door";
  readonly live: boolean;
}

export interface LogOptions {
  readonly follow?: boolean | undefined;
  /** Last lines of each container; default all. */
  readonly tail?: number | undefined;
  /** As `parseSince` of core reads it, or `deploy`: since the last deployment began. */
  readonly since?: string | undefined;
  /** What is kept of a deployment that failed, with `tail` and `errors` alone. Default: what the engine has now. */
  readonly deployment?: string | undefined;
  /** Only lines that speak of something that went wrong. */
  readonly errors?: boolean | undefined;
  /** Default: the live slot; of lines that are followed the one that is live by then. */
  readonly slot?: Slot | undefined;
  /** Told when another slot has become the live one, and its lines are followed from then on. */
  readonly onMove?: ((live: LiveView) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface LiveView {
  readonly slot: Slot;
  /** `null` where its release is not stored. */
  readonly tag: string | null;
}

/** A deployment whose logs are kept. */
export interface KeptLogsView {
  readonly deployment: string;
  /** That something is kept of, `build` among them. */
  readonly services: readonly string[];
}

export interface LogLine {
  readonly service: string;
  readonly container: string;
  /** `build` only of a deployment whose build is kept. */
  readonly place: Slot | "base" | "build";
  readonly stream: "stdout" | "stderr";
  readonly text: string;
}

export interface OrderCall {
  readonly reason?: string | undefined;
}

export interface TrafficView {
  readonly service: string;
  readonly stable: Slot | null;
  readonly shares: Readonly<Record<Slot, number>>;
  readonly slots: Readonly<Record<Slot, SlotTraffic>>;
}

export interface ExportCall {
  /** Also the backups of the database that lie in the state home, which may be large. Default `false`. */
  readonly withBackups?: boolean | undefined;
}

export interface ImportCall {
  readonly reason?: string | undefined;
  /** A home in its place that holds something is moved aside; default: it is refused. */
  readonly replace?: boolean | undefined;
  /** Also where the stack on the engine belongs to another home than the one that was exported; default: it is refused. */
  readonly takeOver?: boolean | undefined;
}

export interface ImportedState {
  readonly stack: string;
  readonly path: string;
  /** Id of the home, to which the stack on the engine belongs now. */
  readonly id: string;
  /** Id of the home that was exported; it is refused from now on. */
  readonly from: string;
  /** Where the home is that was in its place; `null` where there was none that held anything. */
  readonly replaced: string | null;
  /** The backups of the database that went aside with it; `null` where there are none. */
  readonly replacedBackups: LeftBackups | null;
  /** Ids of the releases that the archive does not hold, and that were taken over from the home that was in its place. */
  readonly keptReleases: readonly string[];
  /** Other homes whose files containers in slots mount: without them they start no more. */
  readonly mountedHomes: readonly string[];
  /** The backups that the home that was exported held and the archive does not, where they were then. */
  readonly leftBackups: LeftBackups | null;
  /** The archive ends within a deployment: it may have gone on elsewhere. */
  readonly unfinished: { readonly deployment: string; readonly tag: string } | null;
}

export interface RebuildCall {
  readonly reason?: string | undefined;
  /** What the checkout is, where that can be told: the bundle of that release can be made again. */
  readonly release: ReleaseRequest | null;
  readonly replace?: boolean | undefined;
}

export interface RebuiltHome extends RebuiltState {
  readonly stack: string;
  readonly path: string;
  readonly id: string;
  /** Id of the home that the stack belonged to; it is refused from now on. `null` where the engine tells of none. */
  readonly previousHome: string | null;
  readonly replaced: string | null;
  /** The backups of the database that went aside with what was replaced; `null` where there are none. */
  readonly replacedBackups: LeftBackups | null;
  /** Ids of the releases that were taken over from what was replaced. */
  readonly keptReleases: readonly string[];
  /** Other homes whose files containers in slots mount: without them they start no more. */
  readonly mountedHomes: readonly string[];
}

/**
 * A record of what was done to the state home itself. `owner` is the home that the stack belonged to, where that was another one than the
 * exported; `replacedHome` the one that was in the place of the new one, where that was another one than the stack belonged to, and could be read.
 */
export type StateChange = JournalRecord & { readonly actor: string; readonly reason: string } & (
    | { readonly type: "state-imported"; readonly from: string; readonly owner?: string }
    | { readonly type: "state-rebuilt"; readonly previousHome: string | null; readonly replacedHome?: string }
  );

/** The windows of a stack, now. Moments are ISO 8601, UTC. */
export interface WindowView {
  readonly stack: string;
  readonly open: boolean;
  readonly reason: string;
  readonly timezone: string;
  readonly now: string;
  /** `null` when it is open, or does not open in the next 400 days. */
  readonly nextOpening: string | null;
  /** `null` when it is closed, or does not close in the next 400 days. */
  readonly closes: string | null;
  /** The freeze in force. */
  readonly freeze: Freeze | null;
  readonly ranges: readonly string[];
  readonly holidays: readonly string[];
  readonly freezes: readonly Freeze[];
}

export interface Inspection {
  /** Where the configuration is, or where it would be read if it were there; absolute. */
  readonly configFile: string;
  /** The project name on the engine. */
  readonly stack: string;
  readonly config: Config;
  readonly services: readonly ServiceFacts[];
  readonly findings: readonly Finding[];
}

/** What the doctor looks at: everything that a deployment needs, or who may do and read what. */
export type DoctorArea = "deployments" | "security";

/** Workflows for the project, and what they take the place of. */
export interface ProjectWorkflows {
  /** Root of the checkout, where GitHub looks for them: paths are relative to it; absolute. */
  readonly directory: string;
  /** Name of the stack as the call says it, else as it is written in the project; `null` where nobody did. */
  readonly stack: string | null;
  /** To be written. */
  readonly files: readonly WorkflowFile[];
  /** Workflows that bring Compose up by hand. One with the path of a file does so until that is written. */
  readonly byHand: readonly string[];
  /** Variables of the workflow that deploys so far which the files do not have as they stand there. */
  readonly altered: readonly AlteredVariable[];
  /** Overrides that Compose takes by itself and the files do not, and the `COMPOSE_FILE` that has them; `null` without one. */
  readonly leftOut: { readonly files: readonly string[]; readonly composeFile: string } | null;
  /** A step of the workflow that deploys so far that became a service, which runs before each version; `null` without one. */
  readonly migration: (MigrationStep & { readonly path: string }) | null;
  /** Other commands that it runs once in a service, as it has them; no workflow that is written runs them. */
  readonly untaken: readonly { readonly path: string; readonly line: string }[];
  /** Its other steps, which no workflow that is written has. */
  readonly droppedSteps: readonly (DroppedStep & { readonly path: string })[];
  /** What the one that deploys sets, and a deployment by hand at the root of the checkout needs too, as it stands there: `STACK_NAME`, `COMPOSE_FILE`, … */
  readonly settings: readonly WorkflowVariable[];
  /** Variables that services are given by their name alone, and that they do not set: such as are no secrets by their name. */
  readonly unset: readonly string[];
  /** What is active here, where neither a workflow said it so far nor a checkout on the runner does; `null` where there is none. */
  readonly profiles: ProfilesHere | null;
  /** What services write to by a path from the checkout: the checkout of a runner has not what is in it, and is cleaned for each job. */
  readonly inCheckout: readonly RelativeWrite[];
  /**
   * Variables with a default in the compose files that a `.env` which git does not have gives another value, as they set them; `null`
   * where they leave the default.
   */
  readonly ownDefaults: readonly { readonly name: string; readonly value: string | null }[];
  /** Files that Compose reads in the checkout and git does not have: the checkout of a runner is without them. */
  readonly outOfGit: readonly NeededFile[];
}
