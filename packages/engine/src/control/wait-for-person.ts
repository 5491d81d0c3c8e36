import { formatDuration, isSluiceError, type PlanStep, SluiceError } from "@sluice/core";
import { createCall } from "../action.ts";
import { settle } from "../deadline.ts";
import { describe, report } from "../report.ts";
import { type DeploymentScope, emit, releaseOf } from "../scope.ts";
import { watch } from "../watch/watch.ts";
import { pausedText } from "./control-state.ts";
import { exposureBefore } from "./exposure.ts";

interface Wanted {
  /** The step that cannot begin, or end, before a person has decided. */
  readonly step: PlanStep;
  /** Milliseconds. */
  readonly waitMs: number;
  readonly released: () => boolean;
  readonly signal: AbortSignal;
}

/**
 * Waits until a person has decided. The candidate is watched meanwhile at the share it has: what would end a step ends
 * the waiting too, or, with `onFail: pause`, is one more thing to decide.
 *
 * @returns whether somebody decided; `false` when the time was over
 * @throws SluiceError ANALYSIS_FAILED, ABORTED; the signal's reason
 */
export async function waitForPerson(scope: DeploymentScope, wanted: Wanted): Promise<boolean> {
  const { ports, control } = scope;
  const endMs = ports.clock.monotonicMs() + wanted.waitMs;
  while (!wanted.released()) {
    const leftMs = endMs - ports.clock.monotonicMs();
    if (leftMs <= 0 || isLeftUnasked(scope)) return false;
    const stop = new AbortController();
    const signal = AbortSignal.any([wanted.signal, control.aborted, stop.signal]);
    const watching = watchMeanwhile(scope, wanted.step, leftMs, signal);
    const deciding = control.until(wanted.released, signal);
    try {
      await Promise.race([watching, deciding]);
    } catch (error) {
      if (!leavesToPerson(scope, error)) throw error;
      const why = await pauseByVerdict(scope, wanted.step, error);
      if (isLeftUnasked(scope)) return false;
      askForPerson(scope, wanted.step, { why, waitMs: leftMs, next: "sluice traffic resume" });
    } finally {
      stop.abort(noLongerWaiting);
      const wound = Promise.allSettled([watching, deciding]);
      await settle(ports.clock, stop.signal, wound, () => shortGraceMs).catch(() => undefined);
    }
  }
  return true;
}

/** A verdict has left it to a person, and whoever came wants something else: that begins at once, with users where they are. */
function isLeftUnasked({ control, run }: DeploymentScope): boolean {
  return run.isFinishedUnasked === true && control.pause?.byVerdict === true;
}

/** Says that a person is waited for, to those who are not looking. */
export function askForPerson(
  scope: DeploymentScope,
  { id: step }: PlanStep,
  wanted: { readonly why: string; readonly waitMs: number; readonly next: string },
): void {
  const { tag } = releaseOf(scope).bundle;
  emit(scope, { type: "person-wanted", deployment: scope.deployment, step, tag, ...wanted });
}

/** A look that is under way and does not heed its signal must not keep a decision from being carried out. */
const shortGraceMs = 200;
const noLongerWaiting = new Error("a person has decided");

/**
 * Whether what a watch ended with is for a person to judge, users staying where they are: where that is configured, and
 * where the way back leads to a version that is known not to run on the data as it is now.
 */
export function leavesToPerson({ config, run }: DeploymentScope, error: unknown): boolean {
  if (!isSluiceError(error)) return false;
  const isLeft = config.rollout.onFail === "pause" || run.previousFails === true;
  return error.code === "ANALYSIS_UNDECIDED" || (isLeft && error.code === "ANALYSIS_FAILED");
}

/**
 * Leaves what a watch ended with to a person. That it cannot be recorded is told, and changes nothing: users stay where they are.
 *
 * @returns why it is paused
 */
export async function pauseByVerdict(scope: DeploymentScope, { id }: PlanStep, error: unknown): Promise<string> {
  const why = pauseReason(scope, error);
  await scope.control.pauseFor(id, why).catch((failure: unknown) => report(scope, failure));
  return why;
}

/** What a pause by a verdict is called, with why nothing was taken back where the configuration would have. */
function pauseReason({ run, previousRelease }: DeploymentScope, error: unknown): string {
  const said = describe(error).message;
  if (!run.previousFails) return said;
  return `${said}; ${previousRelease?.bundle.tag ?? "the version before"} does not run on the migrated data`;
}

async function watchMeanwhile(scope: DeploymentScope, step: PlanStep, ms: number, signal: AbortSignal): Promise<void> {
  const exposure = exposureBefore(scope.plan, step.id);
  // What has failed once is for the person to judge: it would only fail again.
  if (!exposure || scope.control.pause?.byVerdict) return scope.ports.clock.sleep(ms, signal);
  await watch(scope, { ...exposure, step: step.id, holdMs: ms, isMeanwhile: true }, createCall(scope, step, signal));
}

/**
 * Lets a step begin: at once, or when a pause is over.
 *
 * @throws SluiceError ABORTED, NOT_APPROVED when nobody resumed in time, DECISION_MISSING where a verdict paused it
 */
export async function passGate(scope: DeploymentScope, step: PlanStep, signal: AbortSignal): Promise<void> {
  const { control, config } = scope;
  control.aborted.throwIfAborted();
  if (control.pause) {
    const { timeout, onTimeout } = config.rollout.approval;
    if (isLeftUnasked(scope)) throw undecided(scope, step, pausedText(control.pause));
    const call = createCall(scope, step, signal);
    call.progress(`${pausedText(control.pause)}; waits ${formatDuration(timeout)} for sluice traffic resume, or abort`);
    // Who paused it knows; a verdict may have come when nobody looked.
    const why = pausedText(control.pause);
    if (control.pause.byVerdict) askForPerson(scope, step, { why, waitMs: timeout, next: "sluice traffic resume" });
    const isResumed = await waitForPerson(scope, { step, waitMs: timeout, released: () => !control.pause, signal });
    if (isLeftUnasked(scope)) throw undecided(scope, step, pausedText(control.pause));
    if (!isResumed && (control.pause?.byVerdict || onTimeout === "rollback")) throw unresumed(scope, step, timeout);
    if (!isResumed) await control.receive({ kind: "resume", actor: "sluice", reason: "nobody came in time" });
  }
  if (step.kind === "promote") closeAsPromoted(scope);
}

/** What is promoted has no way back but a rollback: no order is taken from here on. */
export function closeAsPromoted({ control }: DeploymentScope): void {
  control.close("its release is promoted: sluice rollback goes back");
}

function unresumed(scope: DeploymentScope, step: PlanStep, timeoutMs: number): SluiceError {
  const { control } = scope;
  const paused = control.pause ? pausedText(control.pause) : "paused";
  const message = `${paused}; nobody resumed it within ${formatDuration(timeoutMs)}`;
  if (!control.pause?.byVerdict) return new SluiceError("NOT_APPROVED", message, { hint: "deploy the release again" });
  return undecided(scope, step, message);
}

/** Whether it goes on is a person's to say, and nobody has. */
function undecided(scope: DeploymentScope, step: PlanStep, why: string): SluiceError {
  const { tag } = releaseOf(scope).bundle;
  const before = scope.previousRelease?.bundle.tag ?? "what served before";
  const share = exposureBefore(scope.plan, step.id)?.at ?? 0;
  return new SluiceError("DECISION_MISSING", `${why}; whether ${tag} goes on is for a person to say`, {
    hint: `nothing was changed meanwhile: ${share} % of the users stay with ${tag}. sluice resume goes on with the steps that are left, sluice abort takes users back to ${before}`,
  });
}
