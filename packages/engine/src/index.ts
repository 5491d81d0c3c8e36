export { deploy, rollback } from "./deploy.ts";
export type { DeploymentResult } from "./end.ts";
export { type AttemptRecord, bundleOf, readAttempts, unfinishedOf } from "./journal-entries.ts";
export { assertReady } from "./preflight.ts";
export { prepareDeploy } from "./prepare-deploy.ts";
export { prepareRollback } from "./prepare-rollback.ts";
export { neededReleases, pruneRelease } from "./prune-releases.ts";
export {
  findRebuildable,
  type RebuildRequest,
  type RebuiltSlot,
  type RebuiltState,
  storeRebuilt,
} from "./rebuild/rebuild-state.ts";
export { recoverUnfinished } from "./recover.ts";
export type { DeployRequest, Initiator, PreparedDeployment, RollbackRequest } from "./requests.ts";
export type { EnginePorts, StackFacts } from "./scope.ts";
export { servingOf } from "./serving.ts";
