import {
  createDeadline,
  type ErrorCode,
  isApplication,
  isSluiceError,
  type Outcome,
  outcomeExitCodes,
  type Serving,
  type StoredRelease,
} from "@sluice/core";
import { settle } from "../deadline.ts";
import { report } from "../report.ts";
import { type DeploymentScope, emit } from "../scope.ts";
import { untilEngineAnswers } from "./engine-away.ts";
import { clearLogs } from "./keep-logs.ts";

export interface DeploymentResult {
  readonly deployment: string;
  readonly outcome: Outcome;
  readonly exitCode: number;
  /** `null` where nothing serves, or where it could not be seen. */
  readonly serving: Serving | null;
  /** The error that ended it, where one did. */
  readonly error?: unknown;
  readonly reason?: string;
  /** Something of it could not be undone, and is as it was left. Default `false` */
  readonly notUndone?: boolean;
}

/** What users reach now. */
export interface Reached {
  readonly serving: Serving | null;
  /** Services of it that they do not come in to. */
  readonly shut: readonly string[];
}

export interface RunContext {
  readonly serving: (signal: AbortSignal, outcome?: Outcome) => Promise<Reached>;
  /** Monotonic milliseconds. */
  readonly startedMs: number;
}

interface Ending {
  readonly outcome: Outcome;
  readonly error?: unknown;
  readonly reason?: string;
  /** It is what was asked for, as when an attempt is undone for whoever wants that. Default `false` */
  readonly isAsked?: boolean;
  /** It is undone, and needs a person all the same. Default `false` */
  readonly isUndone?: boolean;
  /** Proxies of the project that do not run, or services of what serves, beside what is seen. Default: none that is known. */
  readonly shut?: readonly string[];
  /** Services whose logs are kept. Default: none. */
  readonly logs?: readonly string[] | undefined;
  /** What is to be done before anybody looks again, where the engine was restarted at the last look. */
  readonly afterRestart?: () => Promise<void>;
}

/** The last word of an attempt, in the journal and as an event. */
export async function end(scope: DeploymentScope, run: RunContext, wanted: Ending): Promise<DeploymentResult> {
  const { deployment, tag, ports, release } = scope;
  await scope.run.reported;
  const seen = await serves(scope, run, wanted.outcome, wanted.afterRestart);
  const ending = provenEnding(scope, wanted, seen?.serving);
  const logs = await clearLogs(scope, ending.outcome);
  const durationMs = Math.round(ports.clock.monotonicMs() - run.startedMs);
  try {
    await scope.observations.carry((carried) =>
      ports.journal.append({
        type: "deployment-end",
        deployment,
        outcome: ending.outcome,
        release: release?.bundle.id ?? null,
        tag,
        serving: seen?.serving ?? null,
        durationMs,
        ...(ending.reason ? { reason: ending.reason } : {}),
        ...(ending.isUndone ? { isUndone: true } : {}),
        ...carried,
      }),
    );
  } catch (error) {
    // All is done; the next run finds no end, looks again, and writes it.
    report(scope, error);
  }
  return lastWord(
    scope,
    { ...ending, logs, ...(ending.outcome === "needs-person" ? { next: "sluice status" } : {}) },
    seen,
    durationMs,
  );
}

/** The attempt keeps no end: the journal says that there is work for the next run, and `next` does it now. */
export async function leave(
  scope: DeploymentScope,
  run: RunContext,
  { reason, next }: { readonly reason: string; readonly next: string },
): Promise<DeploymentResult> {
  await scope.run.reported;
  const durationMs = Math.round(scope.ports.clock.monotonicMs() - run.startedMs);
  return lastWord(scope, { outcome: "interrupted", reason, next }, await serves(scope, run), durationMs);
}

/** `undefined` when it cannot be seen. */
async function serves(
  scope: DeploymentScope,
  { serving }: RunContext,
  outcome?: Outcome,
  afterRestart = () => Promise.resolve(),
): Promise<Reached | undefined> {
  const { clock } = scope.ports;
  const look = async () => {
    using deadline = createDeadline(clock, lookBudgetMs);
    return await settle(clock, deadline.signal, serving(deadline.signal, outcome));
  };
  try {
    return await look().catch(async (error: unknown) => {
      if (!(await untilEngineAnswers(scope))) throw error;
      await afterRestart();
      return look();
    });
  } catch (error) {
    report(scope, error);
    return undefined;
  }
}

const lookBudgetMs = 30_000;

/** Live is what users reach, not what was done to get there. */
function provenEnding(scope: DeploymentScope, ending: Ending, serving: Serving | null | undefined): Ending {
  const { release } = scope;
  if (ending.outcome !== "live" || !release || !isServed(release)) return ending;
  const { id, tag } = release.bundle;
  if (serving === undefined) {
    // What was seen a moment ago holds, unless the engine went away since.
    if (scope.run.engine === undefined) return ending;
    return {
      outcome: "needs-person",
      reason: `every step to release ${tag} was done, but nobody sees what users reach`,
    };
  }
  if (serving?.release === id && serving.share === 100) return ending;
  const seen = serving ? `${serving.tag} (${serving.share} %)` : "nothing";
  return { outcome: "needs-person", reason: `every step to release ${tag} was done, but users reach ${seen}` };
}

/** Anything of it shows who serves: a slot, or a service in base that takes its place. */
function isServed({ bundle }: StoredRelease): boolean {
  return bundle.services.some(({ active, role }) => active && isApplication(role));
}

function lastWord(
  scope: DeploymentScope,
  {
    outcome,
    error,
    reason,
    isAsked = false,
    isUndone = false,
    shut: known = [],
    logs = [],
    next,
  }: Ending & { readonly next?: string },
  seen: Reached | undefined,
  durationMs: number,
): DeploymentResult {
  const serving = seen?.serving;
  const shut = [...new Set([...known, ...(seen?.shut ?? [])])];
  const { deployment, tag, release, previousRelease, plan } = scope;
  const exitCode = isAsked ? 0 : outcomeExitCodes[outcome];
  // What serves is no way back from itself.
  const previous = previousRelease?.bundle.id === serving?.release ? undefined : previousRelease?.bundle;
  emit(scope, {
    type: "deployment-end",
    deployment,
    outcome,
    exitCode,
    release: release?.bundle.id ?? "",
    tag,
    serving: serving ?? null,
    ...(serving === undefined ? { servingUnknown: true as const } : {}),
    ...(shut.length > 0 ? { shut } : {}),
    ...(isUndone ? { undone: true as const } : {}),
    previous:
      previous && plan.previous ? { release: previous.id, tag: previous.tag, slot: plan.previous, share: 0 } : null,
    durationMs,
    ...(reason ? { reason } : {}),
    ...codeOf(error),
    ...(logs.length > 0 ? { logs } : {}),
    ...(next ? { next } : {}),
  });
  return {
    deployment,
    outcome,
    exitCode,
    serving: serving ?? null,
    ...(error === undefined ? {} : { error }),
    ...(reason ? { reason } : {}),
  };
}

function codeOf(error: unknown): { readonly code?: ErrorCode } {
  return isSluiceError(error) ? { code: error.code } : {};
}
