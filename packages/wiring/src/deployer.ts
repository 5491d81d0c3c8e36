import type { Readable } from "node:stream";
import type {
  Config,
  DeploymentPlan,
  DoctorReport,
  EventSink,
  Finding,
  Freeze,
  JournalRecord,
  ObservedContainer,
  OrderKind,
  OrderReceipt,
  PromotionConfig,
  ReleaseBundle,
  ReleaseRequest,
  ServiceFacts,
  Serving,
  Slot,
  SlotTraffic,
  Verdict,
} from "@sluice/core";
import type { AttemptRecord, DeploymentResult, RebuiltState } from "@sluice/engine";
import type { DeliveryReport, OutboxEntry } from "@sluice/notify";
import type { ReportData } from "@sluice/report";
import type { WorkflowFile } from "@sluice/workflows";
import type { DatabaseOperations } from "./database/database-operations.ts";
import type { AnchoredAudit } from "./github/anchors.ts";
import type { ApprovalsRecord } from "./github/approvals.ts";
import type { WindowSuggestionView } from "./window.ts";

export interface DeployerOptions {
  /** The project name on the engine (`docker compose -p`); default: as Compose names the project, which it is asked for. */
  readonly stack?: string | undefined;
  /** Where relative paths start from; absolute. */
  readonly directory: string;
  /** Compose files; default as Compose finds them. */
  readonly files?: readonly string[] | undefined;
  readonly envFiles?: readonly string[] | undefined;
  readonly profiles?: readonly string[] | undefined;
  /** Default `sluice.yaml` in the directory, if it is there. */
  readonly configFile?: string | undefined;
  /** A name under `environments:` of the configuration. */
  readonly environment?: string | undefined;
  /** Default `/var/lib/sluice/<stack>` for root, else under `XDG_STATE_HOME`. */
  readonly stateHome?: string | undefined;
  /** The environment that Compose and Docker see. Nothing else of the process is read. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Who acts, for journal and audit. */
  readonly actor: string;
  /** Default: silence. */
  readonly onEvent?: EventSink | undefined;
}

export interface DeployCall {
  readonly release: ReleaseRequest;
  readonly reason?: string | undefined;
  readonly retry?: boolean | undefined;
  readonly replaceDoors?: boolean | undefined;
  /** Why it is done although the windows are closed; goes into the record. */
  readonly override?: string | undefined;
  /** What a rehearsal finds that only the release that serves minds is agreed to; recorded. */
  readonly acceptIncompatible?: boolean | undefined;
  /** Where the release must have proven itself; its images are used. Default: `promotion` of the configuration. */
  readonly promotion?: PromotionConfig | undefined;
  /** Wait for the lock this long, milliseconds; default 0. */
  readonly waitMs?: number | undefined;
  /** Overrides the configured steps, such as `[100]`. */
  readonly steps?: Config["rollout"]["steps"] | undefined;
}

export interface RollbackCall {
  /** Tag or id; default: the release before the one that serves. */
  readonly to?: string | undefined;
  readonly reason?: string | undefined;
  readonly waitMs?: number | undefined;
  /** Go back although a rehearsal saw that release fail on the schema of now; recorded. */
  readonly acceptIncompatible?: boolean | undefined;
}

export interface PlanView {
  readonly plan: DeploymentPlan;
  readonly text: string;
  readonly services: readonly ServiceFacts[];
  readonly findings: readonly Finding[];
  readonly serving: Serving | null;
  readonly tag: string;
}

export interface SlotStatus {
  readonly slot: Slot;
  readonly release: string | null;
  readonly tag: string | null;
  readonly live: boolean;
  readonly warm: boolean;
  readonly containers: readonly ObservedContainer[];
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
  /** Attempt without an end: `sluice resume` or `sluice abort`. */
  readonly unfinished: { readonly deployment: string; readonly tag: string; readonly since: string } | null;
  readonly lock: LockHolder | null;
  readonly last: AttemptRecord | null;
}

export interface LockHolder {
  readonly pid: number;
  readonly host: string;
  readonly actor: string;
  readonly reason: string;
  readonly release: string;
  /** ISO 8601. */
  readonly since: string;
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
  /** ISO 8601, a duration before now in Compose syntax, or `deploy`: since the last deployment began. */
  readonly since?: string | undefined;
  /** Only lines that speak of something that went wrong. */
  readonly errors?: boolean | undefined;
  /** Default: the live slot. */
  readonly slot?: Slot | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface LogLine {
  readonly service: string;
  readonly container: string;
  readonly place: Slot | "base";
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

export interface AuditReport {
  readonly ok: boolean;
  readonly records: number;
  readonly problems: readonly {
    readonly seq: number;
    readonly line: number;
    readonly kind: string;
    readonly message: string;
  }[];
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
}

/** A record of what was done to the state home itself. */
export type StateChange = JournalRecord & { readonly actor: string; readonly reason: string } & (
    | { readonly type: "state-imported"; readonly from: string }
    | { readonly type: "state-rebuilt"; readonly previousHome: string | null }
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
  /** To be written, relative to the directory of the project. */
  readonly files: readonly WorkflowFile[];
  /** Workflows that bring Compose up by hand, and are not among the files. */
  readonly byHand: readonly string[];
}

/**
 * Sluice for one stack. Everything that changes something takes the lock of the state home, finishes or undoes what a
 * dead run left, and ends in a result; what is refused before any change throws a `SluiceError`.
 */
export interface Deployer extends AsyncDisposable {
  /** What the project is: roles, facts, findings. Needs no engine. */
  inspect(signal?: AbortSignal): Promise<Inspection>;
  /** GitHub Actions workflows that deploy the project. Needs neither the engine nor the variables of production; writes nothing. */
  workflows(): Promise<ProjectWorkflows>;
  /** What `deploy` would do. Changes nothing. */
  plan(call: DeployCall, signal?: AbortSignal): Promise<PlanView>;
  deploy(call: DeployCall, signal: AbortSignal): Promise<DeploymentResult>;
  planRollback(call: RollbackCall, signal?: AbortSignal): Promise<PlanView>;
  rollback(call: RollbackCall, signal: AbortSignal): Promise<DeploymentResult>;
  /** Finishes (`resume`) or undoes (`abort`) an attempt without an end; `null` when there is none. */
  resume(signal: AbortSignal): Promise<DeploymentResult | null>;
  abort(signal: AbortSignal): Promise<DeploymentResult | null>;
  status(signal?: AbortSignal): Promise<StackStatus>;
  ps(signal?: AbortSignal): Promise<readonly ProcessRow[]>;
  /** Lines of services as they come; all services of the project when none is named. */
  logs(services: readonly string[], options?: LogOptions): AsyncIterable<LogLine>;
  /** The checks of the release that serves, through the door as users come. */
  verify(signal?: AbortSignal): Promise<readonly Verdict[]>;
  traffic(signal?: AbortSignal): Promise<readonly TrafficView[]>;
  /**
   * Tells the deployment that runs, in whatever process, what to do; resolves when that holds.
   *
   * @throws SluiceError NOTHING_UNDER_WAY, ORDER_REFUSED
   */
  order(kind: OrderKind, call?: OrderCall, signal?: AbortSignal): Promise<OrderReceipt>;
  /** Yields whenever the deployment that runs tells something; ends with it, and at once where none runs. */
  news(signal?: AbortSignal): AsyncIterable<void>;
  /** What is wrong with the machine, the stack and its record, and what mends it. Changes nothing of the stack. */
  doctor(signal?: AbortSignal, area?: DoctorArea): Promise<DoctorReport>;
  /** Whether deployments may begin now. Needs no engine. */
  window(): Promise<WindowView>;
  /** Hours with few users, by what the doors counted. Needs no engine. @param hours of a span, 1 to 12 */
  suggestWindows(hours: number): Promise<WindowSuggestionView>;
  /** What people were told lately, and what they still have to be told; oldest first. */
  outbox(): Promise<readonly OutboxEntry[]>;
  /** Tries what waits in the outbox once, under the lock; what may have arrived before only when it is asked for. */
  flushOutbox(
    options?: { readonly withUncertain?: boolean | undefined },
    signal?: AbortSignal,
  ): Promise<readonly DeliveryReport[]>;
  history(): Promise<readonly AttemptRecord[]>;
  /** What a deployment did; the last one unless an id is given. Secrets are masked. @throws SluiceError USAGE */
  report(deployment?: string, signal?: AbortSignal): Promise<ReportData>;
  releases(): Promise<readonly ReleaseBundle[]>;
  audit(): Promise<AuditReport>;
  /** What deployments on GitHub hold of the record, compared with it. @throws SluiceError USAGE without a token */
  anchors(signal?: AbortSignal): Promise<AnchoredAudit>;
  /** The whole record, oldest first, as it stands in the journal. */
  records(): AsyncIterable<JournalRecord>;
  exportState(destination: NodeJS.WritableStream): Promise<void>;
  /** Makes the state home from an export; the stack on the engine belongs to it from then on. */
  importState(archive: Readable, call: ImportCall, signal: AbortSignal): Promise<ImportedState>;
  /** Makes a state home of what the engine shows, where the one that the stack belongs to is lost. */
  rebuildState(call: RebuildCall, signal: AbortSignal): Promise<RebuiltHome>;
  /** What was done to the state home itself, oldest first. */
  stateChanges(): Promise<readonly StateChange[]>;
  /** Who approved what went live, as far as GitHub said, oldest first. */
  approvals(): Promise<readonly ApprovalsRecord[]>;
  /** Removes releases beyond `releases.keep` that no slot needs. Resolves with their ids. */
  prune(signal?: AbortSignal): Promise<readonly string[]>;
  /** Backups of the project's database. */
  readonly database: DatabaseOperations;
}
