import {
  type DeploymentPlan,
  type Journal,
  liveSlot,
  planRecovery,
  type ReleaseBundle,
  SluiceError,
  supersededBy,
} from "@sluice/core";
import { goesBack } from "../record/goes-back.ts";
import { type AttemptRecord, bundleOf, livedReleases, unfinishedOf } from "../record/journal-entries.ts";
import { lastAttempt, readAttemptEnds } from "../record/read-attempts.ts";
import { loadOrNull } from "../record/stored-release.ts";
import type { PreparedDeployment, RollbackRequest } from "../requests.ts";
import type { Recovered } from "../run/recover.ts";
import { type EnginePorts, emit } from "../scope.ts";
import { faceAttempt } from "./faced-attempt.ts";
import { findOutside } from "./find-outside.ts";
import { isLeftSplit } from "./left-split.ts";
import { prepareRollback } from "./prepare-rollback.ts";
import { namedTarget } from "./rollback-target.ts";

/**
 * What an attempt without an end is to somebody who goes back: `left`, it is what they want to be rid of, and undone; `same`, it
 * was on its way to where they want to be; `other`, its end decides nothing of that.
 */
export type WayBack = "left" | "same" | "other";

/** @param target the release that is named; `null` for the one before */
export async function wayBack(
  attempt: AttemptRecord,
  target: ReleaseBundle | null,
  journal: Journal,
): Promise<WayBack> {
  const { previousBundle, plan } = attempt.start;
  const release = bundleOf(attempt);
  const isBackward = await goesBack(attempt, journal);
  if (target ? target.id === release : isBackward) return "same";
  const replacesPlain = plan.steps.some((step) => step.kind === "adopt" || (step.kind === "workers" && step.replaces));
  const hasBefore = previousBundle !== null || plan.previous !== null || replacesPlain;
  return !isBackward && hasBefore && release !== previousBundle ? "left" : "other";
}

/**
 * What a rollback that names no release is out of, by the record: to be read before somebody waits for their turn, as others may
 * go back meanwhile.
 *
 * @throws SluiceError as `lastAttempt`
 */
export async function whenAsked(journal: Journal): Promise<Pick<RollbackRequest, "leaving" | "backAt">> {
  const attempt = unfinishedOf(await lastAttempt(journal))?.attempt;
  const lived = livedReleases(await readAttemptEnds(journal));
  const isForward = attempt !== undefined && !attempt.end?.isUndone && !(await goesBack(attempt, journal));
  const left = isForward ? bundleOf(attempt) : lived.at(-1);
  return { leaving: attempt?.start.deployment, backAt: lived.filter((id) => id !== left) };
}

/**
 * Id of the release that users are back at: what somebody wanted out of was taken back while they waited, or others have gone
 * back from it. `null` where they are not, and where what serves now was not live when it was asked for.
 */
export async function backMeanwhile(
  { to, leaving, backAt = [] }: Pick<RollbackRequest, "to" | "leaving" | "backAt">,
  journal: Journal,
): Promise<string | null> {
  if (to) return null;
  const already = leaving === undefined ? null : await takenBack(leaving, journal);
  if (already !== null) return already;
  const serves = livedReleases(await readAttemptEnds(journal)).at(-1);
  return serves !== undefined && backAt.includes(serves) ? serves : null;
}

/** As long as no other deployment came after it. Also where the record has lost what was live before it. */
async function takenBack(leaving: string, journal: Journal): Promise<string | null> {
  const last = await lastAttempt(journal);
  if (!last?.end || last.start.deployment !== leaving) return null;
  const { outcome, serving } = last.end;
  if (await goesBack(last, journal)) return outcome === "live" ? bundleOf(last) : null;
  const isTakenBack = outcome === "failed" || outcome === "rolled-back" || outcome === "interrupted";
  return isTakenBack && serving && serving.release !== bundleOf(last) ? serving.release : null;
}

/** Whether all is where somebody wanted to go back to once an attempt without an end has one. @param attempt as it was before */
export function isBack(
  way: WayBack,
  { action, result }: Recovered,
  target: ReleaseBundle | null,
  { end }: Pick<AttemptRecord, "end">,
): boolean {
  // Somebody accepts that, and goes on.
  if (result.notUndone || isLeftSplit({ action }, result.serving?.share)) return false;
  // What was undone unasked is tried again; what failed is not.
  if (way === "same") return action !== "undo" && result.outcome !== "interrupted";
  // They were told that it does not serve, and ask again.
  if (end?.isUndone && result.outcome === "needs-person") return false;
  return way === "left" && action === "undo" && (target === null || result.serving?.release === target.id);
}

/**
 * Id of the release that a rollback which names none goes to because an attempt without an end is on its way back there. What is
 * before the one that serves is another, where that attempt was told which. `null` where there is no such attempt, and where
 * something came after it.
 *
 * @throws SluiceError ENGINE_UNREACHABLE
 */
export async function backUnderWay(
  { to, project }: Pick<RollbackRequest, "to" | "project">,
  { journal, observer }: Pick<EnginePorts, "journal" | "observer">,
  signal?: AbortSignal,
): Promise<string | null> {
  const unfinished = to ? null : unfinishedOf(await lastAttempt(journal));
  if (!unfinished || (await wayBack(unfinished.attempt, null, journal)) !== "same") return null;
  return supersededBy(unfinished, await observer.observe(project, signal)) ? null : bundleOf(unfinished.attempt);
}

/**
 * The plan of a rollback as it is now, with what becomes of an attempt without an end. Changes nothing.
 *
 * @throws SluiceError when it would be refused before any change
 */
export async function foreseeRollback(
  request: RollbackRequest,
  ports: EnginePorts,
  signal?: AbortSignal,
): Promise<PreparedDeployment> {
  const undo = await prepareUndo(request, ports, signal);
  if (undo) return undo;
  const to = request.to ?? (await backUnderWay(request, ports, signal)) ?? undefined;
  return prepareRollback({ ...request, to }, ports, signal);
}

/**
 * The plan of a rollback that does no more than to undo an attempt without an end: the steps that are undone, in that order.
 * Where it is left with users at both releases, and that is accepted, the plan back to the release before it, or the one that is
 * named. `null` where it is another. Changes nothing.
 *
 * @throws SluiceError RELEASE_UNKNOWN, DATA_INCOMPATIBLE; RECOVERY_REFUSED where it is left so, and that is not accepted
 */
export async function prepareUndo(
  request: RollbackRequest,
  ports: EnginePorts,
  signal?: AbortSignal,
): Promise<PreparedDeployment | null> {
  const unfinished = unfinishedOf(await lastAttempt(ports.journal));
  if (!unfinished) return null;
  const { start } = unfinished.attempt;
  const bundles = await ports.bundles.list();
  const target = namedTarget(request, bundles);
  if ((await wayBack(unfinished.attempt, target, ports.journal)) !== "left") return null;
  const observed = await ports.observer.observe(request.project, signal);
  const release = start.previousBundle ? await loadOrNull(ports, start.previousBundle) : null;
  const { facing } = await faceAttempt(unfinished, release, ports.journal, request.acceptIncompatible);
  const recovery = planRecovery(facing, observed, "go-back");
  if (recovery.action === "leave" && isLeftSplit(recovery, liveSlot(observed)?.share)) {
    if (request.acceptNotUndone) {
      const to = request.to ?? start.previousBundle;
      return to === null ? null : prepareRollback({ ...request, to }, ports, signal);
    }
    const { reason, hint } = recovery;
    throw new SluiceError("RECOVERY_REFUSED", `deployment ${start.deployment} is not undone: ${reason}`, { hint });
  }
  if (recovery.action !== "undo" || (target && target.id !== start.previousBundle)) return null;
  // Undone it is already, to what does not serve: who asks once more goes on.
  if (!request.to && unfinished.attempt.end?.isUndone) return null;
  const cause = `undone: deployment ${start.deployment} (${start.tag}) has no end`;
  const steps = recovery.begun.toReversed().map((step) => ({ ...step, cause }));
  const plan: DeploymentPlan = { ...start.plan, kind: "rollback", steps };
  // Where a step has given a service another address, so may its undo.
  const { model } = release ?? request.project;
  const findings = await findOutside(plan, { stack: request.stack, model }, ports, signal);
  for (const finding of findings) emit({ ports }, { type: "finding", finding });
  return {
    plan,
    observed,
    bundles,
    source: null,
    release,
    previousRelease: release,
    findings,
  };
}
