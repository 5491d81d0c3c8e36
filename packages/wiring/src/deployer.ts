import type { Readable } from "node:stream";
import type {
  Config,
  DoctorReport,
  EventSink,
  Finding,
  JournalRecord,
  OrderKind,
  OrderReceipt,
  PromotionConfig,
  ReleaseBundle,
  ReleaseRequest,
  Verdict,
} from "@sluice/core";
import type { AttemptRecord, DeploymentResult } from "@sluice/engine";
import type { DeliveryReport, OutboxEntry } from "@sluice/notify";
import type { ReportData } from "@sluice/report";
import type { DatabaseOperations } from "./database/database-operations.ts";
import type {
  AuditReport,
  DoctorArea,
  ExportCall,
  ExportedHome,
  ImportCall,
  ImportedState,
  Inspection,
  KeptLogsView,
  LogLine,
  LogOptions,
  OrderCall,
  PlanView,
  ProcessRow,
  ProjectWorkflows,
  RebuildCall,
  RebuiltHome,
  StackStatus,
  StandIn,
  StateChange,
  TrafficView,
  WindowView,
} from "./deployer-views.ts";
import type { AnchoredAudit } from "./github/anchors.ts";
import type { ApprovalsRecord } from "./github/approvals.ts";
import type { AnnounceCall, Announcement, PlanRecord } from "./notify/announce.ts";
import type { UpkeepRecord } from "./record/upkeep.ts";
import type { WindowSuggestionView } from "./window.ts";

export type * from "./deployer-views.ts";

export interface DeployerOptions {
  /** The project name on the engine (`docker compose -p`); default: as Compose names the project, which it is asked for. */
  readonly stack?: string | undefined;
  /** Where relative paths start from; absolute. */
  readonly directory: string;
  /** Compose files; default as Compose finds them. */
  readonly files?: readonly string[] | undefined;
  readonly envFiles?: readonly string[] | undefined;
  /** Where relative paths of the compose files start from, and `.env` lies; default as Compose takes it. Absolute. */
  readonly projectDirectory?: string | undefined;
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
  /** A person sees what comes of it, as at a terminal: no channel is told of alarms then. Default `false`. */
  readonly isAttended?: boolean | undefined;
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
  /** What a rehearsal finds that only the release that serves minds is agreed to, and that an earlier one saw this release fail; recorded. */
  readonly acceptIncompatible?: boolean | undefined;
  /** Go on although what an earlier deployment left could not be undone; recorded. */
  readonly acceptNotUndone?: boolean | undefined;
  /** Services that serve may end, as they are under profiles of which none is active; recorded. */
  readonly acceptDropped?: boolean | undefined;
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
  /** Go on although what an earlier deployment left could not be undone; recorded. */
  readonly acceptNotUndone?: boolean | undefined;
}

export interface VerifyCall {
  /** What was found besides, such as that people could not be told. Default: an event. */
  readonly onFinding?: ((finding: Finding) => void) | undefined;
}

export interface WaitCall {
  /** Wait for the lock this long, milliseconds; default 0. */
  readonly waitMs?: number | undefined;
}

export interface AbortCall extends WaitCall {
  /** Id of the attempt that is meant: one of another is left alone, as where there is none. Default: whichever has no end. */
  readonly deployment?: string | undefined;
  /**
   * For when nobody is asked: it is finished where it is promoted, or its undo would lead users back to what they are being taken
   * away from, or to a version that is known to fail; at a share, where it is neither, it is left to a person. Default `false`
   */
  readonly orFinish?: boolean | undefined;
}

/**
 * Sluice for one stack. Everything that changes something takes the lock of the state home, finishes or undoes what a
 * dead run left, and ends in a result; what is refused before any change throws a `SluiceError`.
 */
export interface Deployer extends AsyncDisposable {
  /** What the project is: roles, facts, findings. Needs no engine. @throws SluiceError CONFIG_INVALID, COMPOSE_INVALID, COMPOSE_MISSING */
  inspect(signal?: AbortSignal): Promise<Inspection>;
  /** GitHub Actions workflows that deploy the project. Needs neither the engine nor the variables of production; writes nothing. @throws SluiceError USAGE, CONFIG_INVALID */
  workflows(): Promise<ProjectWorkflows>;
  /** What `deploy` would do. What a window, a channel or GitHub would refuse is among the findings. Changes nothing. */
  plan(call: DeployCall, signal?: AbortSignal): Promise<PlanView>;
  /**
   * Makes a release live. Whether it may be is decided under the lock, when its turn has come.
   *
   * @throws SluiceError before any change: LOCK_HELD, WINDOW_CLOSED, RELEASE_REFUSED, RELEASE_BROKEN, PREFLIGHT_FAILED,
   *   DATA_INCOMPATIBLE without `acceptIncompatible`, HOME_MISMATCH, ENGINE_UNREACHABLE, and CONFIG_INVALID also where a channel lacks a variable
   */
  deploy(call: DeployCall, signal: AbortSignal): Promise<DeploymentResult>;
  /** What `rollback` would do. Changes nothing. */
  planRollback(call: RollbackCall, signal?: AbortSignal): Promise<PlanView>;
  /**
   * Goes back, by the route alone where that version is warm. No window and no channel refuses it. A deployment that was cut
   * short before its promotion is undone; where that is all there was to do, the result is its end (`interrupted`).
   *
   * @throws SluiceError before any change: LOCK_HELD, NOTHING_TO_ROLL_BACK, RELEASE_UNKNOWN, BUNDLE_INVALID, IMAGE_MISSING,
   *   DATA_INCOMPATIBLE without `acceptIncompatible`, HOME_MISMATCH, ENGINE_UNREACHABLE
   */
  rollback(call: RollbackCall, signal: AbortSignal): Promise<DeploymentResult>;
  /** Finishes (`resume`) or undoes (`abort`) an attempt without an end; `null` when there is none. */
  resume(signal: AbortSignal, call?: WaitCall): Promise<DeploymentResult | null>;
  abort(signal: AbortSignal, call?: AbortCall): Promise<DeploymentResult | null>;
  /**
   * The stored release that `status`, `ps`, `logs`, `traffic`, `rollback` and `abort` go by where what is checked out cannot be
   * resolved, for want of a variable or by a mistake in it; `null` where it can be.
   *
   * @throws SluiceError COMPOSE_INVALID, CONFIG_INVALID where nothing is stored
   */
  standIn(signal?: AbortSignal): Promise<StandIn | null>;
  status(signal?: AbortSignal): Promise<StackStatus>;
  ps(signal?: AbortSignal): Promise<readonly ProcessRow[]>;
  /**
   * Lines of services as they come; all services of the project when none is named.
   *
   * @throws SluiceError USAGE for an unknown one; LOGS_UNKNOWN for a deployment of which nothing is kept
   */
  logs(services: readonly string[], options?: LogOptions): AsyncIterable<LogLine>;
  /** Deployments that failed and whose logs are kept, newest first. */
  keptLogs(): Promise<readonly KeptLogsView[]>;
  /**
   * The checks of the release that serves, through the door as users come. Where no person sees it, and no deployment runs, channels that
   * ask for `checks-failed` are told when they begin to fail, and when all pass again.
   *
   * @throws SluiceError STATE_UNCLEAR where nothing serves
   */
  verify(signal?: AbortSignal, call?: VerifyCall): Promise<readonly Verdict[]>;
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
    options?: WaitCall & { readonly withUncertain?: boolean | undefined },
    signal?: AbortSignal,
  ): Promise<readonly DeliveryReport[]>;
  /** Gives up what a channel was not told, and records that, under the lock; resolves with what that was, oldest first. */
  dropUntold(channel: string, options?: WaitCall, signal?: AbortSignal): Promise<readonly OutboxEntry[]>;
  /** Deployments, oldest first. @param newest how many, from the newest on; default: all */
  history(newest?: number): Promise<readonly AttemptRecord[]>;
  /** What a deployment did; the last one unless an id is given. Secrets are masked. @throws SluiceError USAGE */
  report(deployment?: string, signal?: AbortSignal): Promise<ReportData>;
  releases(): Promise<readonly ReleaseBundle[]>;
  audit(): Promise<AuditReport>;
  /** What deployments on GitHub hold of the record, compared with it. @throws SluiceError USAGE without a token */
  anchors(signal?: AbortSignal): Promise<AnchoredAudit>;
  /** The whole record, oldest first, as it stands in the journal. */
  records(): AsyncIterable<JournalRecord>;
  /** Writes the state home as one archive; says which backups that lie in it are not in the archive. */
  exportState(destination: NodeJS.WritableStream, call?: ExportCall): Promise<ExportedHome>;
  /** Makes the state home from an export; the stack on the engine belongs to it from then on. */
  importState(archive: Readable, call: ImportCall, signal: AbortSignal): Promise<ImportedState>;
  /** Makes a state home of what the engine shows, where the one that the stack belongs to is lost. */
  rebuildState(call: RebuildCall, signal: AbortSignal): Promise<RebuiltHome>;
  /** What was done to the state home itself, oldest first. */
  stateChanges(): Promise<readonly StateChange[]>;
  /** Who approved what went live, as far as GitHub said, oldest first. */
  approvals(): Promise<readonly ApprovalsRecord[]>;
  /**
   * Tells people ahead that a deployment is planned, once for each release and time, and records it, under the lock.
   *
   * @throws SluiceError USAGE, WINDOW_CLOSED, CONFIG_INVALID, NAME_INVALID, LOCK_HELD
   */
  announce(call: AnnounceCall, signal: AbortSignal): Promise<Announcement>;
  /** What was announced, oldest first. */
  announcements(): Promise<readonly PlanRecord[]>;
  /** What people took away by hand, oldest first: releases and notifications. */
  upkeep(): Promise<readonly UpkeepRecord[]>;
  /** Removes releases beyond `releases.keep` that no slot needs, and records that. Resolves with their ids. */
  prune(signal?: AbortSignal, call?: WaitCall): Promise<readonly string[]>;
  /** Backups of the project's database. */
  readonly database: DatabaseOperations;
}
