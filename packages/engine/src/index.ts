export { settle } from "./deadline.ts";
export { deploy, rollback } from "./deploy.ts";
export { doorImageDiagnoses } from "./doctor/door-image-diagnoses.ts";
export { engineDiagnoses } from "./doctor/engine-diagnoses.ts";
export { examine } from "./doctor/examine.ts";
export { projectDiagnoses } from "./doctor/project-diagnoses.ts";
export { recordDiagnoses } from "./doctor/record-diagnoses.ts";
export { stackDiagnoses } from "./doctor/stack-diagnoses.ts";
export { provideRelease } from "./prepare/build-release.ts";
export { coldFinding } from "./prepare/cold-slot.ts";
export { coldWayBack } from "./prepare/cold-way-back.ts";
export { missingDoorImage } from "./prepare/door-image.ts";
export { findOrphans } from "./prepare/find-orphans.ts";
export { goneImages } from "./prepare/gone-images.ts";
export { countTraffic } from "./prepare/measure-traffic.ts";
export { assertOwnProjects, assertReady } from "./prepare/preflight.ts";
export { prepareDeploy } from "./prepare/prepare-deploy.ts";
export { provenHere } from "./prepare/proven-here.ts";
export { type FoundServing, findServing, type SeenStack, seeStack, servingNow } from "./prepare/see-stack.ts";
export { servingOf } from "./prepare/serving.ts";
export { foreseeRollback, whenAsked } from "./prepare/way-back.ts";
export {
  findRebuildable,
  type RebuildRequest,
  type RebuiltSlot,
  type RebuiltState,
  storeRebuilt,
} from "./rebuild/rebuild-state.ts";
export { readDataHistory } from "./record/data-history.ts";
export {
  type AttemptRecord,
  bundleOf,
  keptBy,
  type Origin,
  type UnfinishedAttempt,
  unfinishedOf,
  withBefore,
} from "./record/journal-entries.ts";
export { lastMigrated } from "./record/last-migrated.ts";
export { pruneRelease, releasesInUse } from "./record/prune-releases.ts";
export {
  findAttempt,
  lastAttempt,
  lastLiveAt,
  lastLiveRelease,
  lastServing,
  newestAttempts,
  readAttempts,
  unprovenReleases,
} from "./record/read-attempts.ts";
export { recordFindings } from "./record/record-findings.ts";
export { releaseThatServes } from "./record/stored-release.ts";
export { type UnderWay, underWayOf } from "./record/under-way.ts";
export type { DeployRequest, Initiator, PreparedDeployment, RollbackRequest } from "./requests.ts";
export type { DeploymentResult } from "./run/end.ts";
export { recoverUnfinished } from "./run/recover.ts";
export type { EnginePorts, StackFacts } from "./scope.ts";
export * as watchRules from "./watch/watch-rules.ts";
