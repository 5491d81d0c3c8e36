import {
  assertDoorsCan,
  assertPortsFree,
  type ComposeModel,
  type Finding,
  findBundle,
  heldByOrphans,
  isGiven,
  isInSlot,
  judgedBy,
  keptOrphans,
  liveSlot,
  lostOrphans,
  maybeMovedPorts,
  mayRemove,
  missingCheckedServices,
  movedPorts,
  type ObservedStack,
  type Orphan,
  placesOf,
  planDeployment,
  planRevival,
  planWarmRollback,
  portHeirs,
  portTransfers,
  previousSlot,
  type ReleaseBundle,
  type ServiceFacts,
  SluiceError,
  type StoredRelease,
  storedFindings,
  warmRelease,
} from "@sluice/core";
import { coldRollback } from "./cold-slot.ts";
import { readMigrationFate } from "./data-history.ts";
import { changedFiles, differingBase } from "./differing-base.ts";
import { findOrphans } from "./find-orphans.ts";
import { incompatibilityOf } from "./incompatible-release.ts";
import { jobsNotRun, jobsTakenBack } from "./jobs-not-run.ts";
import { livedReleases } from "./journal-entries.ts";
import { lostBase } from "./lost-base.ts";
import { assertImages } from "./needed-images.ts";
import {
  assertBackupReady,
  assertDoorImage,
  assertDoorsAnswer,
  assertNoObstacle,
  assertOwnProjects,
} from "./preflight.ts";
import { lastServing, neverLive, readAttemptEnds } from "./read-attempts.ts";
import { releaseBefore } from "./release-before.ts";
import type { PreparedDeployment, RollbackRequest } from "./requests.ts";
import { type EnginePorts, emit } from "./scope.ts";
import { inBaseOf, releaseThatServes } from "./stored-release.ts";
import { findDataAnew } from "./tell-data-anew.ts";

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
  const previousRelease = await releaseThatServes(live, ports);
  const serves = live?.release ?? previousRelease?.bundle.id ?? null;
  // Where nothing is left of what users are led to, the way back is what runs beside it.
  const beside = isLedThere ? undefined : previousRelease?.bundle;
  const target = namedTarget(request, bundles) ?? beside ?? (await releaseBefore(live, serves, bundles, ports));
  if (!target) {
    const lived = livedReleases(await readAttemptEnds(ports.journal));
    const isPruned = lived.some((id) => id !== serves);
    const which = isPruned
      ? "no release that was live before the one that serves is stored any more"
      : "no release was live before the one that serves";
    throw new SluiceError("NOTHING_TO_ROLL_BACK", which, {
      hint: "sluice history shows the releases there are",
    });
  }
  if (!request.acceptIncompatible && serves !== target.id) await assertCompatible(target, ports);
  const release = await ports.bundles.load(target.id);
  const { model } = release;
  const judging = judgedBy(config, release.bundle);
  const changesPlace = hasOtherPlace(target, previousRelease);
  // What is checked out may be another release: that sorts what is in base, and knows networks and doors, otherwise.
  const asTarget = await ports.observer.observe({ ...project, model, services: target.services }, signal);
  const { plain, cutOff } = asTarget;
  const observed = { ...seen, plain, cutOff };
  const common = { observed, bundles, source: null, release, previousRelease };
  const servesNow = live ? isLedThere && live.release : inBaseOf(live, previousRelease, observed)?.id;
  if (servesNow === target.id) {
    const plan = planRevival(target.services, config, observed);
    await assertDoorImage(plan, { ...observed, services: target.services }, judging, ports, signal);
    return { ...common, plan };
  }
  const wanted = { model, services: target.services };
  const anew = await findDataAnew(wanted, { config, observed, serves: previousRelease }, ports, signal);
  const isDataAnew = anew.services.length > 0;
  const fate = await readMigrationFate(ports.journal, target.id);
  const orphans = findOrphans(asTarget, target.services, previousRelease, bundles);
  const held = heldByOrphans(orphans, target.services);
  const tell = (findings: readonly Finding[]) => {
    const all = [...storedFindings(target, bundles), ...anew.findings, ...findings];
    for (const finding of all) emit({ ports }, { type: "finding", finding });
    return { findings: all };
  };
  const files = await changedFiles(previousRelease, { ...release, services: target.services }, ports);
  const differing = differingBase(release, previousRelease, observed, files);
  const serving = previousRelease?.bundle.services ?? [];
  const movedBy = (doors: ObservedStack["doors"]) =>
    live && !previousRelease ? maybeMovedPorts(doors, target.services) : movedPorts(serving, target.services);
  const moved = movedBy(seen.doors);
  const heirs = portHeirs(serving, target.services);
  const transfers = portTransfers(serving, target.services, observed);
  const warm = warmRelease(observed, target.services);
  // On data that begins empty what is warm is no sooner good than what is made anew.
  const changesHands = Object.keys(heirs).length > 0 || transfers.some((each) => isGiven(each, target.services));
  const mayBeWarm = warm === target.id && !isDataAnew && !changesPlace && !changesHands;
  if (mayBeWarm && Object.keys(moved).length === 0) {
    const replaced = previousRelease?.bundle.services;
    const stays = waysIn(orphans, held, target);
    const leaving = orphans.filter((orphan) => !stays.includes(orphan));
    const republished = stays.length > 0 ? [] : publishedOtherwise(release, previousRelease);
    const plan = planWarmRollback(target.services, config, observed, {
      replaced,
      differing,
      lost: lostBase(release, previousRelease, seen),
      orphans: leaving,
      republished,
    });
    assertPortsFree(plan, transfers, target);
    await assertDoorImage(plan, { ...observed, services: target.services }, judging, ports, signal);
    if (plan.steps.some(({ kind }) => kind === "door")) {
      await assertNoObstacle(plan, { ...request, model, services: target.services, orphans }, ports, signal);
    }
    const told = [
      ...jobsTakenBack(target, fate, plan),
      ...stays.map((orphan) => staying(orphan, target)),
      ...keptOrphans(orphans),
    ];
    return { ...common, previousRelease: isLedThere ? previousRelease : null, ...tell(told), plan };
  }
  const [first] = [...held, ...lostOrphans(orphans, target.services, serving, observed)];
  if (first) throw new SluiceError("PREFLIGHT_FAILED", first.message, { hint: first.hint });
  assertDoorsCan(ports.router, config, target.services);
  // A door may be as the checkout wants it, and not as this release does: other ports, other networks.
  const { doors } = asTarget;
  // One that failed before it was live, and is gone to all the same, has left its jobs undone; so has one that
  // data of before it was put back after.
  const wasLive = fate !== "away" && !isDataAnew && !(await neverLive(ports.journal, target.id));
  const plan = planDeployment(
    {
      tag: target.tag,
      services: target.services,
      config: judging,
      bundleId: target.id,
      imagesOf: null,
      wasLive,
      isDataAnew,
      acceptIncompatible: request.acceptIncompatible,
      isRollback: true,
      replaced: previousRelease?.bundle.services,
      movedPorts: movedBy(doors),
      heirs,
      differing,
      orphans,
      prunable: [],
    },
    { ...observed, doors, base: keptData(observed, target) },
  );
  assertPortsFree(plan, transfers, target);
  assertOwnProjects(placesOf(plan), observed);
  await assertImages(target, plan, ports, signal);
  await assertDoorImage(plan, { ...observed, services: target.services }, judging, ports, signal);
  await assertNoObstacle(plan, { ...request, model, services: target.services, orphans }, ports, signal);
  await assertBackupReady(plan, ports, signal);
  const cold = await coldRollback(target, observed, ports.journal);
  const leftOut = missingCheckedServices(judging, target.services).map((service) => leftOutFinding(service, target));
  const undone = wasLive ? [...jobsNotRun(target, model, observed, plan), ...jobsTakenBack(target, fate, plan)] : [];
  return {
    ...common,
    dataAnew: anew.services,
    ...tell([cold, ...undone, ...leftOut, ...keptOrphans(orphans)]),
    plan,
  };
}

/** The release that a rollback names; `null` where it names none. @throws SluiceError RELEASE_UNKNOWN */
export function namedTarget(
  { to }: Pick<RollbackRequest, "to">,
  bundles: readonly ReleaseBundle[],
): ReleaseBundle | null {
  if (!to) return null;
  const target = findBundle(bundles, to);
  if (target) return target;
  throw new SluiceError("RELEASE_UNKNOWN", `no release ${JSON.stringify(to)} is stored`, {
    hint: "sluice history shows the releases there are",
  });
}

/** A service is in base in the one release and in slots in the other: going back is more than a change of route. */
function hasOtherPlace({ services }: ReleaseBundle, serves: StoredRelease | null): boolean {
  const before = new Map(serves?.bundle.services.map((service) => [service.name, service]));
  const isElsewhere = (one: ServiceFacts, other: ServiceFacts | undefined) =>
    other?.active === true && one.active && isInSlot(one) !== isInSlot(other);
  return services.some((service) => isElsewhere(service, before.get(service.name)));
}

/** Data stays as it runs, also where what is checked out has it as the release that is gone back to. */
function keptData({ base }: ObservedStack, { services }: ReleaseBundle): ObservedStack["base"] {
  const data = new Set(services.flatMap(({ name, role }) => (role === "data" ? [name] : [])));
  return Object.fromEntries(
    Object.entries(base).map(([name, seen]) => {
      const stays =
        data.has(name) && seen.state === "changed" && seen.containers.every(({ state }) => state === "running");
      return [name, stays ? { ...seen, state: "current" } : seen];
    }),
  );
}

/** Services whose doors have other ports of the host, or addresses, in the release that serves. */
function publishedOtherwise({ model, bundle }: StoredRelease, serves: StoredRelease | null): readonly string[] {
  if (!serves) return [];
  const portsIn = (one: ComposeModel, name: string) => JSON.stringify(one.services[name]?.ports ?? []);
  const webs = bundle.services.filter(({ active, role, strategy }) => active && role === "web" && strategy === "slots");
  return webs.flatMap(({ name }) => (portsIn(model, name) === portsIn(serves.model, name) ? [] : [name]));
}

/**
 * What would go with the release that is left, and may be how users come in: where there is such a thing, a warm rollback leaves
 * doors as they are, also where those of the release gone back to had the port, or the labels, by themselves.
 */
function waysIn(orphans: readonly Orphan[], held: readonly Finding[], { services }: ReleaseBundle): readonly Orphan[] {
  const hasEdge = services.some(({ active, role }) => active && role === "edge");
  return orphans.filter(
    (orphan) =>
      mayRemove(orphan) &&
      ((orphan.facts?.role === "edge" && !hasEdge) || held.some(({ service }) => service === orphan.service)),
  );
}

function staying({ service, containers }: Orphan, { tag }: ReleaseBundle): Finding {
  const names = containers.map(({ name }) => name).join(" ");
  const message = `${names} stays although ${tag} has no ${service}: it may be how users come in`;
  const hint = `once nobody needs it: docker stop ${names} && docker rm ${names}`;
  return { severity: "warn", code: "orphan-stays", service, message, hint };
}

function leftOutFinding(service: string, { tag }: ReleaseBundle): Finding {
  const message = `checks of ${service} are left out: ${tag} has no such service`;
  const hint = `to go by the checks of ${tag}, check it out and run sluice rollback there`;
  return { severity: "warn", code: "check-left-out", message, hint };
}

/** Going back to what was seen to fail on the schema that is there now helps nobody. */
async function assertCompatible({ id, tag }: ReleaseBundle, { journal }: EnginePorts): Promise<void> {
  const found = await incompatibilityOf(id, journal);
  if (!found) return;
  const { since, why } = found;
  throw new SluiceError("DATA_INCOMPATIBLE", `${tag} does not run on the schema that ${since} left: ${why}`, {
    hint: `put the data back first (sluice db migrate ${since} --down, or sluice db restore), or go back all the same with --accept-incompatible`,
  });
}
