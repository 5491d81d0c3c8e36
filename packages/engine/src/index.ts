export { provideRelease } from "./build-release.ts";
export { coldFinding } from "./cold-slot.ts";
export { coldWayBack } from "./cold-way-back.ts";
export { readDataHistory } from "./data-history.ts";
export { settle } from "./deadline.ts";
export { deploy, rollback } from "./deploy.ts";
export { doorImageDiagnoses } from "./doctor/door-image-diagnoses.ts";
export { engineDiagnoses } from "./doctor/engine-diagnoses.ts";
export { examine } from "./doctor/examine.ts";
export { projectDiagnoses } from "./doctor/project-diagnoses.ts";
export { recordDiagnoses } from "./doctor/record-diagnoses.ts";
export { stackDiagnoses } from "./doctor/stack-diagnoses.ts";
export { missingDoorImage } from "./door-image.ts";
export type { DeploymentResult } from "./end.ts";
export { findOrphans } from "./find-orphans.ts";
export { goneImages } from "./gone-images.ts";
export {
  type AttemptRecord,
  bundleOf,
  keptBy,
  type Origin,
  type UnfinishedAttempt,
  unfinishedOf,
} from "./journal-entries.ts";
export { lastMigrated } from "./last-migrated.ts";
export { countTraffic } from "./measure-traffic.ts";
export { assertOwnProjects, assertReady } from "./preflight.ts";
export { prepareDeploy } from "./prepare-deploy.ts";
export { provenHere } from "./proven-here.ts";
export { pruneRelease, releasesInUse } from "./prune-releases.ts";
export {
  findAttempt,
  lastAttempt,
  lastLiveAt,
  lastLiveRelease,
  lastServing,
  newestAttempts,
  readAttempts,
  unprovenReleases,
} from "./read-attempts.ts";
export {
  findRebuildable,
  type RebuildRequest,
  type RebuiltSlot,
  type RebuiltState,
  storeRebuilt,
} from "./rebuild/rebuild-state.ts";
export { recordFindings } from "./record-findings.ts";
export { recoverUnfinished } from "./recover.ts";
export type { DeployRequest, Initiator, PreparedDeployment, RollbackRequest } from "./requests.ts";
export type { EnginePorts, StackFacts } from "./scope.ts";
export { servingOf } from "./serving.ts";
export { releaseThatServes } from "./stored-release.ts";
export { type UnderWay, underWayOf } from "./under-way.ts";
export * as watchRules from "./watch-rules.ts";
export { deploymentUnderWay, foreseeRollback } from "./way-back.ts";
