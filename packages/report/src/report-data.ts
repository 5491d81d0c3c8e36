import {
  type DeploymentKind,
  type Observation,
  type Outcome,
  outcomeExitCodes,
  type RehearsalOutcome,
  redactDeep,
  type Serving,
  type Slot,
  type Verdict,
} from "@sluice/core";
import { clipDeep } from "./clip.ts";
import type { AttemptFacts, ReportContext, StepResult } from "./input.ts";

/** Everything a report shows, as plain data. Offsets (`startMs`, `atMs`) are milliseconds since the beginning. */
export interface ReportData {
  readonly stack: string;
  readonly deployment: string;
  readonly kind: DeploymentKind;
  readonly tag: string;
  /** Full commit id; `null` outside a repository, or where the release is not stored any more. */
  readonly commit: string | null;
  /** It was built with changes that the commit does not have. */
  readonly dirty?: true | undefined;
  readonly release: string | null;
  readonly actor: string;
  readonly reason: string;
  /** Consents and overrides that were given. */
  readonly consents: readonly string[];
  /** `null` while it has no end. */
  readonly outcome: Outcome | null;
  readonly exitCode: number | null;
  /** Why it ended so, where that was said. */
  readonly because: string | null;
  readonly serving: Serving | null;
  /** ISO 8601, UTC. */
  readonly begunAt: string;
  readonly endedAt: string | null;
  /** Of the run that ended it; `null` while it has no end. */
  readonly durationMs: number | null;
  /** From the beginning to the last record: the scale of all charts. At least 1. */
  readonly spanMs: number;
  readonly steps: readonly ReportStep[];
  readonly shares: readonly SharePoint[];
  readonly verdicts: readonly ReportVerdict[];
  readonly rehearsals: readonly ReportRehearsal[];
  readonly happenings: readonly Happening[];
  readonly images: readonly { readonly service: string; readonly id: string; readonly reference: string }[];
  /** Rows that were left out to keep the report small. */
  readonly leftOut: number;
}

export interface ReportStep {
  readonly step: string;
  readonly kind: string;
  readonly target: string;
  readonly cause: string;
  readonly result: StepResult | "no end" | "not begun";
  /** `null` where no outcome is recorded. */
  readonly startMs: number | null;
  readonly durationMs: number | null;
  readonly error: string | null;
}

/** From this moment on the slot got this share of the service's users, percent. */
export interface SharePoint {
  readonly atMs: number;
  readonly service: string;
  readonly slot: Slot;
  readonly share: number;
}

export interface ReportVerdict extends Verdict {
  readonly atMs: number;
  readonly step: string;
  /** Slot that was judged. */
  readonly slot: Slot;
}

/** Of a migration, before it ran. */
export interface ReportRehearsal extends RehearsalOutcome {
  readonly atMs: number;
  readonly step: string;
}

export interface Happening {
  readonly atMs: number;
  readonly severity: "error" | "warn" | "info";
  readonly code: string;
  readonly message: string;
  readonly hint: string | null;
  readonly detail: string | null;
}

/** Rows of one table at most, the newest: a report stays one that a browser opens and a person reads. */
const keptRows = 300;

/** What a report shows of an attempt. Masks secrets, and shortens texts beyond 2,000 characters. */
export function reportData(attempt: AttemptFacts, { stack, bundle, redact }: ReportContext): ReportData {
  const { start, outcomes, end } = attempt;
  const begunMs = Date.parse(start.at);
  // A time that is none, or before the beginning, is shown at the beginning.
  const offset = (at: string) => Math.max(0, Date.parse(at) - begunMs || 0);
  const seen = [...outcomes, ...(end ? [end] : [])].flatMap(({ observations = [] }) => observations);
  const last = [...outcomes, ...(end ? [end] : []), ...seen].map(({ at }) => offset(at));
  let leftOut = 0;
  const keep = <T>(rows: readonly T[]): readonly T[] => {
    leftOut += Math.max(0, rows.length - keptRows);
    return rows.slice(-keptRows);
  };
  const slot = start.plan.candidate;
  const data = {
    stack,
    deployment: start.deployment,
    kind: start.kind,
    tag: end?.tag ?? start.tag,
    commit: bundle?.commit ?? null,
    ...(bundle?.dirty ? { dirty: true as const } : {}),
    release: bundle?.id ?? null,
    actor: start.actor,
    reason: start.reason,
    consents: keep(start.consents),
    outcome: end?.outcome ?? null,
    exitCode: end ? outcomeExitCodes[end.outcome] : null,
    because: end?.reason ?? null,
    serving: end?.serving ?? null,
    begunAt: start.at,
    endedAt: end?.at ?? null,
    durationMs: end?.durationMs ?? null,
    spanMs: last.reduce((most, ms) => Math.max(most, ms), 1),
    steps: keep(stepRows(attempt, offset)),
    shares: keep(
      seen.flatMap((fact) =>
        fact.type === "share-change"
          ? [{ atMs: offset(fact.at), service: fact.service, slot: fact.slot, share: fact.share }]
          : [],
      ),
    ),
    verdicts: keep(
      seen.flatMap((fact) =>
        fact.type === "verdict" ? [{ ...fact.verdict, atMs: offset(fact.at), step: fact.step, slot }] : [],
      ),
    ),
    rehearsals: keep(
      seen.flatMap((fact) =>
        fact.type === "rehearsal" ? [{ ...fact.rehearsal, atMs: offset(fact.at), step: fact.step }] : [],
      ),
    ),
    happenings: keep(seen.flatMap((fact) => happeningOf(fact, offset))),
    images: keep(
      Object.entries(bundle?.images ?? {}).map(([service, id]) => ({
        service,
        id,
        reference: bundle?.imageTags[service] ?? "",
      })),
    ),
  };
  return clipDeep(redactDeep({ ...data, leftOut }, redact));
}

/** Steps as they happened, those without an outcome after them. */
function stepRows({ start, outcomes, begun }: AttemptFacts, offset: (at: string) => number): readonly ReportStep[] {
  const planned = new Map(start.plan.steps.map((step) => [step.id, step]));
  const base = (id: string) => {
    const { kind = id, target = "", cause = "" } = planned.get(id) ?? {};
    return { step: id, kind, target, cause };
  };
  const recorded = new Set(outcomes.map(({ step }) => step));
  return [
    ...outcomes.map(({ at, step, result, durationMs, error }) => ({
      ...base(step),
      result,
      startMs: Math.max(0, offset(at) - durationMs),
      durationMs,
      error: error ? `${error.code}: ${error.message}` : null,
    })),
    ...start.plan.steps
      .filter(({ id }) => !recorded.has(id))
      .map(({ id }) => ({
        ...base(id),
        result: begun.includes(id) ? ("no end" as const) : ("not begun" as const),
        startMs: null,
        durationMs: null,
        error: null,
      })),
  ];
}

function happeningOf(fact: Observation, offset: (at: string) => number): readonly Happening[] {
  const atMs = offset(fact.at);
  if (fact.type === "finding") {
    const { severity, code, message, hint } = fact.finding;
    return [{ atMs, severity, code, message, hint: hint ?? null, detail: null }];
  }
  if (fact.type !== "error") return [];
  const { code, message, hint, detail } = fact;
  return [{ atMs, severity: "error", code, message, hint: hint ?? null, detail: detail ?? null }];
}
