import { isSluiceError, type ReleaseBundle, withSettings } from "@sluice/core";
import { windowConsents } from "./prepare/deployment-window.ts";
import { isLeftSplit } from "./prepare/left-split.ts";
import { prepareDeploy } from "./prepare/prepare-deploy.ts";
import { prepareRollback } from "./prepare/prepare-rollback.ts";
import { namedTarget } from "./prepare/rollback-target.ts";
import { backMeanwhile, backUnderWay, isBack, wayBack } from "./prepare/way-back.ts";
import { unfinishedOf } from "./record/journal-entries.ts";
import { lastAttempt } from "./record/read-attempts.ts";
import { keepChange } from "./record/stored-release.ts";
import type { DeployRequest, PreparedDeployment, RollbackRequest } from "./requests.ts";
import type { DeploymentResult } from "./run/end.ts";
import { execute } from "./run/execute.ts";
import { type Recovered, type RecoveryWish, recover } from "./run/recover.ts";
import type { EnginePorts, StackFacts } from "./scope.ts";

/**
 * Makes a release live: recover what a dead run left, observe, plan, execute, and say what serves. The caller holds
 * the lock of the state home.
 *
 * What could not be undone of that run, or is left with users at both releases, keeps anything new from being begun, unless that
 * is accepted.
 *
 * @throws SluiceError with exit code 10 or 2 when it is refused before any change; every later ending is a result
 */
export async function deploy(
  request: DeployRequest,
  ports: EnginePorts,
  signal: AbortSignal,
): Promise<DeploymentResult> {
  await windowConsents(request, ports.clock.now());
  const unfinished = await beginClaimed(request, ports);
  const recovered = unfinished && (await recover(unfinished, request, ports, signal));
  if (recovered && (signal.aborted || isOpen(recovered, request))) return recovered.result;
  const prepared = await prepareDeploy(request, ports, signal, { pulls: true });
  if (recovered && !isSplit(recovered) && isUndecided(recovered, prepared)) return recovered.result;
  // A dead run may have been finished meanwhile, which takes its time, and wall time may have jumped.
  const closed = await windowConsents(request, ports.clock.now());
  const consents = [...consentsOf(request), ...closed];
  await ports.base.claim(request.stack, request.homeId);
  if (prepared.release) await keepAsAsked(ports, prepared.release.bundle.id, prepared.bundles, request);
  return execute({ ...request, consents }, prepared, ports, signal);
}

/**
 * Goes back to a release. An attempt that was cut short is undone where it can be, and where that leads users to the
 * release that is wanted, or where that fails and it is not accepted, its end is the result. The caller holds the lock.
 *
 * @throws SluiceError when it is refused before any change
 */
export async function rollback(
  request: RollbackRequest,
  ports: EnginePorts,
  signal: AbortSignal,
): Promise<DeploymentResult> {
  const { actor, reason, acceptIncompatible } = request;
  const unfinished = await beginClaimed(request, ports);
  const again = await backUnderWay(request, ports, signal);
  let before: string | null = null;
  if (unfinished) {
    const target = namedTarget(request, await ports.bundles.list());
    const way = await wayBack(unfinished.attempt, target, ports.journal);
    const wish: RecoveryWish = way === "left" ? { choice: "go-back", actor, reason, acceptIncompatible } : {};
    const recovered = await recover(unfinished, request, ports, signal, { ...wish, keep: target?.id });
    const isEnough = isOpen(recovered, request) || isBack(way, recovered, target, unfinished.attempt);
    if (signal.aborted || isEnough) return recovered.result;
    if (way === "left" && (recovered.result.notUndone || isSplit(recovered)) && !target) {
      // Users may be out of it already: what is before the one that serves would be further back.
      before = unfinished.attempt.start.previousBundle;
      if (before === null) return recovered.result;
    }
  }
  const consents = consentsOf(request);
  const to = request.to ?? before ?? again ?? (await backMeanwhile(request, ports.journal)) ?? undefined;
  const prepared = await prepareRollback({ ...request, to }, ports, signal);
  await ports.base.claim(request.stack, request.homeId);
  return execute({ ...request, consents }, prepared, ports, signal);
}

/**
 * What a dead run left, of a stack that is this home's. One that nobody has yet is left alone until there is a plan for it: what is
 * refused leaves nothing behind.
 *
 * @throws SluiceError HOME_MISMATCH
 */
async function beginClaimed({ stack, homeId }: StackFacts, { base, journal }: EnginePorts) {
  await base.claim(stack, homeId, "if-taken");
  const unfinished = unfinishedOf(await lastAttempt(journal));
  if (unfinished) await base.claim(stack, homeId);
  return unfinished;
}

/** A verdict of the very release that is asked for was left to a person: to ask for it once more is no answer. */
function isUndecided({ action, result }: Recovered, { release }: PreparedDeployment): boolean {
  const { error, serving } = result;
  const isLeft = action === "leave" || (isSluiceError(error) && error.code === "DECISION_MISSING");
  return isLeft && release !== null && serving?.release === release.bundle.id;
}

/**
 * What an attempt left could not be undone. Whatever came on top of it would take what does not serve now, a proven release
 * maybe, for what nobody needs, and nobody would try again: a person says so. So it is with what is left with users at both releases.
 */
function isOpen(recovered: Recovered, { acceptNotUndone }: DeployRequest | RollbackRequest): boolean {
  return (recovered.result.notUndone === true || isSplit(recovered)) && !acceptNotUndone;
}

function isSplit({ action, result }: Recovered): boolean {
  return isLeftSplit({ action }, result.serving?.share);
}

/** What was agreed to, for the record. */
function consentsOf(request: DeployRequest | RollbackRequest) {
  const { consents = [], acceptIncompatible, acceptNotUndone } = request;
  const acceptDropped = "acceptDropped" in request && request.acceptDropped;
  return [
    ...consents,
    ...(acceptIncompatible ? ["incompatible: the release before may not run on the new schema"] : []),
    ...(acceptNotUndone ? ["not undone: what the deployment before left may not be undone"] : []),
    ...(acceptDropped ? ["dropped: what serves and is under no active profile ends"] : []),
  ];
}

/** A tag is one more name for a release that is there already; what it is judged by now, it is judged by when it comes back. */
async function keepAsAsked(
  ports: EnginePorts,
  id: string,
  bundles: readonly ReleaseBundle[],
  { release: { tag }, config }: DeployRequest,
): Promise<void> {
  const stored = bundles.find((bundle) => bundle.id === id);
  if (!stored) return;
  const { tags, services, checks } = withSettings(stored, config);
  const names = tags.includes(tag) ? tags : [...tags, tag];
  await keepChange(ports, stored, { tags: names, services, checks });
}
