import {
  type DatabaseAction,
  type DatabaseRecord,
  type DatabaseResult,
  databaseActionOf,
  type Journal,
  type JournalRecord,
  type PlanStep,
  parseDatabaseRecord,
} from "@sluice/core";
import type { DeploymentStart, EngineRecord } from "./journal-entries.ts";
import { isTypeOfDeployment } from "./journal-shape.ts";
import { isEngineRecord } from "./read-attempts.ts";

/** Something that changed whose migrations are on a database, or that holds what they were then. */
export interface DataChange {
  readonly action: Extract<DatabaseAction, "migrate" | "migrate-down" | "restore" | "restore-undo" | "anew" | "backup">;
  /** `unknown` of what was killed or lost sight of, or has left a part of it. */
  readonly outcome: "done" | "not-done" | "unknown";
  /** Whose database it is; `null` where that is not on record. */
  readonly service: string | null;
  /** That migrated, or whose migration was taken back; of a restore, whose data the backup holds. */
  readonly release: string | null;
  /** That was taken, or put back. */
  readonly backup: string | null;
  /** Id of the deployment that did it; `null` where it was done alone. */
  readonly deployment: string | null;
  /** Of a deployment that migrates: its job; `null` where the application does it as it starts. */
  readonly job: string | null;
  /** When the record spoke of it last, ISO 8601. */
  readonly at: string;
}

type Draft = { -readonly [Key in keyof DataChange]: DataChange[Key] };

/**
 * `dataChanges` of one database: a project may have several, each with its own environment, and one record.
 *
 * @param service whose it is, and those of which that is not on record; default: all
 * @throws SluiceError JOURNAL_INVALID, JOURNAL_NEWER, HOME_UNUSABLE
 */
export async function readDataChanges(
  journal: Pick<Journal, "read">,
  service?: string,
): Promise<readonly DataChange[]> {
  const records: JournalRecord[] = [];
  const types = (type: string) => databaseActionOf(type) !== null || isTypeOfDeployment(type);
  for await (const record of journal.read({ types })) records.push(record);
  const isOfIt = (change: DataChange) => service === undefined || (change.service ?? service) === service;
  return dataChanges(records).filter(isOfIt);
}

/**
 * What the record says of changes to data, by deployments and alone, in the order in which they began: however late it was recorded how one
 * ended. Pure.
 *
 * @param records oldest first
 * @throws SluiceError JOURNAL_INVALID
 */
export function dataChanges(records: readonly JournalRecord[]): readonly DataChange[] {
  const changes: Draft[] = [];
  const ofDeployments = followDeployments(changes);
  const alone = followAlone(changes);
  for (const record of records) {
    if (isEngineRecord(record)) {
      ofDeployments(record);
      continue;
    }
    const said = parseDatabaseRecord(record);
    if (said) alone(said);
  }
  return changes;
}

const unknown = {
  outcome: "unknown",
  service: null,
  release: null,
  backup: null,
  deployment: null,
  job: null,
} as const;

function followAlone(changes: Draft[]): (record: DatabaseRecord) => void {
  /** Those whose end was not read yet. Under the lock of the stack one action is under way at a time. */
  const open = new Map<string, Draft>();
  return ({ action: what, result, service, release, backup, at }) => {
    const action = changing[what];
    if (!action) return;
    const key = `${what} ${service}`;
    const begun = result === "begun" ? undefined : open.get(key);
    const change = begun ?? { ...unknown, action, service, at };
    if (!begun) changes.push(change);
    if (result === "begun") open.set(key, change);
    else open.delete(key);
    Object.assign(change, { at, outcome: outcomeOf(action, result) });
    change.release = release ?? change.release;
    change.backup = backup ?? change.backup;
  };
}

const changing: Readonly<Partial<Record<DatabaseAction, DataChange["action"]>>> = {
  backup: "backup",
  // It takes one where none will do.
  rehearse: "backup",
  migrate: "migrate",
  "migrate-down": "migrate-down",
  restore: "restore",
  "restore-undo": "restore-undo",
  anew: "anew",
};

function outcomeOf(action: DataChange["action"], result: DatabaseResult): DataChange["outcome"] {
  if (result === "done") return "done";
  if (result === "failed") return "not-done";
  // No signal ends an exchange of databases once it has begun.
  const isExchange = action === "restore" || action === "restore-undo";
  return result === "interrupted" && isExchange ? "not-done" : "unknown";
}

interface Deployment {
  release: string | null;
  readonly service: string | null;
  /** Steps that may change the data, and whose job each is. */
  readonly migrating: ReadonlyMap<string, string | null>;
}

function followDeployments(changes: Draft[]): (record: EngineRecord) => void {
  const deployments = new Map<string, Deployment>();
  const open = new Map<string, Draft>();
  return (record) => {
    const { deployment: id, at } = record;
    if (record.type === "deployment-start") deployments.set(id, deploymentOf(record));
    const deployment = deployments.get(id);
    if (!deployment || (record.type !== "step-intent" && record.type !== "step-outcome")) return;
    const key = `${id} ${record.step}`;
    const isDone = record.type === "step-outcome" && record.result === "done";
    const { bundle, backup } = (isDone && record.data) || {};
    if (typeof bundle === "string") deployment.release = bundle;
    const { release, service } = deployment;
    const of = { ...unknown, service, release, deployment: id, at };
    if (typeof backup === "string") changes.push({ ...of, action: "backup", outcome: "done", backup });
    const job = deployment.migrating.get(record.step);
    if (job === undefined) return;
    const begun = record.type === "step-intent" ? undefined : open.get(key);
    const change = begun ?? { ...of, action: "migrate", job };
    if (!begun) changes.push(change);
    open.set(key, change);
    change.at = at;
    if (isDone) Object.assign(change, { release, outcome: "done" });
  };
}

/**
 * Steps that may change the data, each with its job; where there is none, what is rehearsed is what the application does when it
 * starts: `null`. Pure.
 */
export function migratingSteps(steps: readonly PlanStep[]): readonly (readonly [step: PlanStep, job: string | null])[] {
  const jobs = steps.filter((step) => step.kind === "job");
  if (jobs.length > 0) return jobs.map((step) => [step, step.service]);
  const isRehearsed = steps.some(({ kind }) => kind === "rehearse");
  const starts = isRehearsed ? steps.filter((step) => step.kind === "start" && !step.mends) : [];
  return starts.map((step) => [step, null]);
}

function deploymentOf({ bundle, plan: { steps } }: Pick<DeploymentStart, "bundle" | "plan">): Deployment {
  const careful = steps.find((step) => step.kind === "rehearse" || step.kind === "backup");
  const migrating = new Map(migratingSteps(steps).map(([{ id }, job]) => [id, job]));
  return { release: bundle, service: careful?.service ?? null, migrating };
}
