import {
  assertDoorsCan,
  assertHttps,
  assertPortProtocols,
  assertPortsFree,
  checkoutFindings,
  guestFindings,
  heldByOrphans,
  heldServices,
  keptOrphans,
  lostOrphans,
  maybeMovedPorts,
  movedPorts,
  placesOf,
  planDeployment,
  portHeirs,
  portTransfers,
  previousSlot,
  redefinedFindings,
  releasesToPrune,
  restartFindings,
  SluiceError,
  sameFilesFindings,
  unjudgedFindings,
  withChangedPlatforms,
} from "@sluice/core";
import { readMigrationFate } from "../record/data-history.ts";
import { newestCreation } from "../record/in-order.ts";
import { neededReleases } from "../record/prune-releases.ts";
import { lastLiveAt, lastServing, unprovenReleases } from "../record/read-attempts.ts";
import { inBaseOf, releaseOfSameImages, releaseThatServes } from "../record/stored-release.ts";
import type { DeployRequest, PreparedDeployment } from "../requests.ts";
import { type EnginePorts, emit } from "../scope.ts";
import { asAsked } from "./as-asked.ts";
import { changedFiles, leavingAsServing, otherImages } from "./differing-base.ts";
import { findOrphans } from "./find-orphans.ts";
import { assertCompatible } from "./incompatible-release.ts";
import { jobsNotRun, jobsTakenBack } from "./jobs-not-run.ts";
import { lostServers } from "./lost-servers.ts";
import { matchRelease } from "./match-promoted.ts";
import { measureTraffic } from "./measure-traffic.ts";
import { assertNotOvertaken } from "./overtaken-run.ts";
import {
  assertBackupReady,
  assertDoorImage,
  assertDoorsAnswer,
  assertNoObstacle,
  assertOwnProjects,
  assertReady,
} from "./preflight.ts";
import { findDataAnew } from "./tell-data-anew.ts";

/** The plan of a deployment, without any change. @throws SluiceError when it would be refused */
export async function prepareDeploy(
  request: DeployRequest,
  ports: EnginePorts,
  signal?: AbortSignal,
): Promise<PreparedDeployment> {
  const { project, release: wanted, config } = request;
  const [seen, bundles, remembered, unproven, findings] = await Promise.all([
    ports.observer.observe(project, signal),
    ports.bundles.list(),
    lastServing(ports.journal),
    unprovenReleases(ports.journal),
    assertReady(request, ports, signal),
    // What waited for its turn was read before.
    ports.checkout.assertUnchanged(wanted, signal),
  ]);
  const observed = { ...seen, remembered };
  assertHttps(config, project.services);
  assertPortProtocols(config, project.services);
  assertDoorsCan(ports.router, config, project.services);
  if (!request.replaceDoors) assertDoorsAnswer(observed);
  const key = ports.identity.key(wanted, project.modelHash);
  const { promotion, same, sameCommit } = matchRelease(bundles, request, key);
  const live = previousSlot(observed);
  const previousRelease = await releaseThatServes(live, ports);
  const servesInBase = inBaseOf(live, previousRelease, observed)?.id ?? null;
  const serves = live ? live.release : servesInBase;
  await assertNotOvertaken(request, previousRelease, ports);
  if (same?.broken && !request.retry && same.id !== serves) {
    throw new SluiceError("RELEASE_BROKEN", `release ${same.tag} failed on ${same.broken.at}: ${same.broken.reason}`, {
      hint: "publish a fix as a new release, or try this one again with --retry",
    });
  }
  // What users had last is no way back, also where nothing of it runs any more.
  const isLast = same !== null && same.id === (live?.release ?? previousRelease?.bundle.id);
  if (same && !isLast && !request.acceptIncompatible) await assertCompatible(same, ports.journal);
  const missing = same ? await ports.images.missing(same.images, signal) : [];
  const usable = same && missing.length === 0 ? same : null;
  const imagesOf = usable ? null : await releaseOfSameImages(sameCommit, project, ports);
  const stored = usable ? await ports.bundles.load(usable.id) : null;
  const asked = stored && (await asAsked(stored, serves, request, ports, signal));
  const release = asked?.release ?? null;
  const orphans = findOrphans(observed, project.services, previousRelease, bundles);
  const serving = previousRelease?.bundle.services ?? [];
  const [held] = [
    ...heldByOrphans(orphans, project.services, serving),
    ...lostOrphans(orphans, project.services, serving, observed),
  ];
  if (held) throw new SluiceError("PREFLIGHT_FAILED", held.message, { hint: held.hint });
  const lived = same !== null && (await lastLiveAt(ports.journal, same.id)) !== null;
  const fate = lived ? await readMigrationFate(ports.journal, same.id, config.database?.service) : "unknown";
  const anew = await findDataAnew(project, { config, observed, serves: previousRelease }, ports, signal);
  const isDataAnew = anew.services.length > 0;
  const isAuto = config.rollout.steps === "auto" && live !== null;
  const plan = planDeployment(
    {
      tag: wanted.tag,
      services: project.services,
      config,
      bundleId: usable?.id ?? null,
      imagesOf: imagesOf?.bundle.tag ?? null,
      promotedFrom: promotion?.from,
      hasChanges: wanted.dirty && wanted.commit !== null,
      // Whether its images had to be built anew does not matter: what it did to the data is done, unless it was taken away since.
      wasLive: lived && fate !== "away" && !isDataAnew,
      isDataAnew,
      prunable: releasesToPrune(bundles, {
        // One that is still to be built counts too.
        keep: usable ? config.releases.keep : config.releases.keep - 1,
        needed: neededReleases(observed, usable?.id, previousRelease?.bundle.id),
        unproven,
      }),
      replaced: previousRelease?.bundle.services,
      movedPorts:
        live && !previousRelease
          ? maybeMovedPorts(observed.doors, project.services)
          : movedPorts(serving, project.services),
      heirs: portHeirs(serving, project.services),
      requestsPerMinute: isAuto ? await measureTraffic(observed, ports, signal) : null,
      replaceDoors: request.replaceDoors,
      acceptIncompatible: request.acceptIncompatible,
      differing: release ? otherImages(release, observed) : [],
      files: usable?.id === previousRelease?.bundle.id ? {} : await changedFiles(previousRelease, project, ports),
      asServing: await leavingAsServing(observed, previousRelease, project, ports, signal),
      servesInBase,
      held: heldServices(observed, bundles),
      orphans,
    },
    withChangedPlatforms(observed, previousRelease?.model, project.model),
  );
  const transfers = portTransfers(serving, project.services, observed);
  assertPortsFree(plan, transfers, { tag: wanted.tag, services: project.services });
  assertOwnProjects(placesOf(plan), observed);
  await assertDoorImage(plan, { ...observed, services: project.services }, config, ports, signal);
  await assertNoObstacle(plan, { ...request, ...project, orphans }, ports, signal);
  await assertBackupReady(plan, ports, signal);
  const lost = plan.steps.length === 0 ? await lostServers(observed, project.services, ports, signal) : [];
  const undone = same
    ? [...jobsTakenBack(same, fate, plan), ...(lived ? jobsNotRun(same, project.model, observed, plan) : [])]
    : [];
  const kept = [
    ...checkoutFindings(wanted, bundles),
    ...keptOrphans(orphans),
    ...redefinedFindings(observed),
    ...guestFindings(observed),
    ...unjudgedFindings(plan, config, project.services),
    ...sameFilesFindings(observed),
    ...restartFindings(observed, same && live?.release === same.id ? live.slot : null),
    ...lost,
    ...anew.findings,
    ...undone,
  ];
  for (const finding of kept) emit({ ports }, { type: "finding", finding });
  return {
    plan,
    observed,
    bundles,
    source: usable
      ? null
      : {
          project,
          request: wanted,
          config,
          key,
          newestAt: newestCreation(bundles),
          imagesOf,
          taken: promotion,
        },
    release,
    changedServices: asked?.changedServices,
    previousRelease,
    dataAnew: anew.services,
    findings: [...findings, ...kept],
  };
}
