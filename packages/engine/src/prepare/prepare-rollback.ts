import {
  heldByOrphans,
  heldServices,
  judgedBy,
  keptOrphans,
  liveSlot,
  portTransfers,
  previousSlot,
  storedFindings,
} from "@sluice/core";
import { readMigrationFate } from "../record/data-history.ts";
import { lastServing } from "../record/read-attempts.ts";
import { inBaseOf, releaseThatServes } from "../record/stored-release.ts";
import type { PreparedDeployment, RollbackRequest } from "../requests.ts";
import { type EnginePorts, emit } from "../scope.ts";
import { withDataOf } from "./base-as-released.ts";
import { keptData, prepareCold } from "./cold-rollback.ts";
import { changedFiles, differingBase } from "./differing-base.ts";
import { environmentOfBefore } from "./environment-of-before.ts";
import { findOrphans } from "./find-orphans.ts";
import { findOutside } from "./find-outside.ts";
import { assertCompatible } from "./incompatible-release.ts";
import { prepareMending } from "./mend-serving.ts";
import { assertDoorsAnswer } from "./preflight.ts";
import { hasOtherPlace, isChangeOfRoute, type RollbackFacts } from "./rollback-facts.ts";
import { rollbackTarget } from "./rollback-target.ts";
import { begunAnew, findDataAnew } from "./tell-data-anew.ts";
import { prepareWarm } from "./warm-rollback.ts";

/** The plan of going back: a change of route where the release is warm, the gates of a deployment where it is not. */
export async function prepareRollback(
  request: RollbackRequest,
  ports: EnginePorts,
  signal?: AbortSignal,
): Promise<PreparedDeployment> {
  const { project, config } = request;
  const [found, bundles, remembered] = await Promise.all([
    ports.observer.observe(project, signal),
    ports.bundles.list(),
    lastServing(ports.journal),
  ]);
  const seen = { ...found, remembered };
  assertDoorsAnswer(seen);
  const live = previousSlot(seen);
  const isLedThere = live?.slot === liveSlot(seen)?.slot;
  const left = await releaseThatServes(live, ports);
  const serves = live?.release ?? left?.bundle.id ?? null;
  // Where nothing is left of what users are led to, the way back is what runs beside it.
  const beside = isLedThere ? undefined : left?.bundle;
  const target = await rollbackTarget(request, { live, serves, beside, bundles }, ports);
  if (!request.acceptIncompatible && serves !== target.id) await assertCompatible(target, ports.journal);
  const release = await ports.bundles.load(target.id);
  const { model } = release;
  const { services } = target;
  const wanted = { model, services };
  const judging = judgedBy(config, release.bundle);
  const changesPlace = hasOtherPlace(target, left);
  // What is checked out may be another release: that sorts what is in base, and knows networks and doors, otherwise.
  const asTarget = await ports.observer.observe({ ...project, ...wanted }, signal);
  const { plain, cutOff } = asTarget;
  const observed = withDataOf(target, { ...seen, plain, cutOff }, asTarget);
  const common = { observed, bundles, source: null, release, previousRelease: left };
  const inSlots = heldServices(observed, bundles);
  const servesNow = live ? isLedThere && live.release : inBaseOf(live, left, observed)?.id;
  const inTarget = { ...asTarget, remembered };
  const gone = await findDataAnew(wanted, { config, observed: inTarget, serves: left }, ports, signal);
  const fate = await readMigrationFate(ports.journal, target.id, config.database?.service);
  const scope = { request, ports, signal, judging, fate };
  if (servesNow === target.id) {
    const mending = await prepareMending({ target, release, live, gone, inSlots, remembered }, scope);
    for (const finding of mending.findings) emit({ ports }, { type: "finding", finding });
    return { ...common, ...mending };
  }
  const anew = begunAnew(gone, keptData(observed, target));
  const orphans = findOrphans(asTarget, services, left, bundles);
  const files = await changedFiles(left, { ...release, services }, ports);
  const facts: RollbackFacts = {
    config,
    target,
    release,
    left,
    live,
    observed,
    changesPlace,
    isDataAnew: anew.services.length > 0,
    differing: differingBase(release, left, observed, files),
    orphans,
    held: heldByOrphans(orphans, services),
    inSlots,
    transfers: portTransfers(left?.bundle.services ?? [], services, observed),
  };
  const isWarm = isChangeOfRoute(facts);
  const { plan, told } = await (isWarm ? prepareWarm(facts, scope) : prepareCold(facts, scope, asTarget.doors));
  const outside = await findOutside(plan, { stack: request.stack, model }, ports, signal);
  const findings = [
    ...storedFindings(target, bundles),
    ...environmentOfBefore(release, left),
    ...anew.findings,
    ...told,
    ...outside,
    ...keptOrphans(orphans),
  ];
  for (const finding of findings) emit({ ports }, { type: "finding", finding });
  if (isWarm) return { ...common, previousRelease: isLedThere ? left : null, findings, plan };
  return { ...common, dataAnew: anew.services, findings, plan };
}
