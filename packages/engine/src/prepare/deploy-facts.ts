import {
  type DesiredDeployment,
  heldByOrphans,
  heldServices,
  lostOrphans,
  maybeMovedPorts,
  movedPorts,
  type ObservedStack,
  type Orphan,
  portHeirs,
  type ReleaseBundle,
  releasesToPrune,
  type ServiceFacts,
  SluiceError,
} from "@sluice/core";
import { type MigrationFate, readMigrationFate } from "../record/data-history.ts";
import { neededReleases } from "../record/prune-releases.ts";
import { lastLiveAt } from "../record/read-attempts.ts";
import type { DeployRequest } from "../requests.ts";
import type { EnginePorts } from "../scope.ts";
import { changedFiles, leavingAsServing, otherImages } from "./differing-base.ts";
import { findOrphans } from "./find-orphans.ts";
import { measureTraffic } from "./measure-traffic.ts";
import type { ServingBefore } from "./serving-before.ts";
import { type DataAnew, findDataAnew } from "./tell-data-anew.ts";
import type { WantedRelease } from "./wanted-release.ts";

/** What is there when a deployment is prepared. */
interface Found extends ServingBefore, WantedRelease {
  readonly observed: ObservedStack;
  readonly bundles: readonly ReleaseBundle[];
  /** Ids of releases that were tried and never live. */
  readonly unproven: ReadonlySet<string>;
}

/** What is known when a deployment is planned. */
export interface DeployFacts extends Found {
  /** Services of the release that serves; none where it is not stored. */
  readonly serving: readonly ServiceFacts[];
  /** What is in base and no part of the wanted release. */
  readonly orphans: readonly Orphan[];
  /** The wanted release was live before. */
  readonly lived: boolean;
  /** What became of what it did to the data then. */
  readonly fate: MigrationFate;
  readonly anew: DataAnew;
}

/** @throws SluiceError PREFLIGHT_FAILED where what is in base and no part of the release has what that needs */
export async function findDeployFacts(
  found: Found,
  { project, config }: DeployRequest,
  ports: EnginePorts,
  signal?: AbortSignal,
): Promise<DeployFacts> {
  const { observed, bundles, previousRelease, same } = found;
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
  return { ...found, serving, orphans, lived, fate, anew };
}

/** What the planner is asked for. Counts requests where the steps of the rollout depend on them, which may take some seconds. */
export async function desiredDeployment(
  facts: DeployFacts,
  { project, release: wanted, config, proven, replaceDoors, acceptIncompatible }: DeployRequest,
  ports: EnginePorts,
  signal?: AbortSignal,
): Promise<DesiredDeployment> {
  const { observed, bundles, unproven, live, previousRelease, servesInBase, usable, asked, imagesOf } = facts;
  const { serving, orphans, lived, fate, anew } = facts;
  const isDataAnew = anew.services.length > 0;
  const isAuto = config.rollout.steps === "auto" && live !== null;
  return {
    tag: wanted.tag,
    services: project.services,
    config,
    bundleId: usable?.id ?? null,
    imagesOf: imagesOf?.bundle.tag ?? null,
    promotedFrom: proven?.stack,
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
    replaceDoors,
    acceptIncompatible,
    differing: asked ? otherImages(asked.release, observed) : [],
    files: usable?.id === previousRelease?.bundle.id ? {} : await changedFiles(previousRelease, project, ports),
    asServing: await leavingAsServing(observed, previousRelease, project, ports, signal),
    servesInBase,
    held: heldServices(observed, bundles),
    orphans,
  };
}
