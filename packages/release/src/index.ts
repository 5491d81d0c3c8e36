export { createBundleStore } from "./bundles/bundle-store.ts";
export { assertTagIsCheckout } from "./checkout/assert-tag-is-checkout.ts";
export { assertUnchanged } from "./checkout/assert-unchanged.ts";
export { type Checkout, type CheckoutOptions, describeCheckout } from "./checkout/describe-checkout.ts";
export { isShallow } from "./checkout/is-shallow.ts";
export { hasLfsFiles } from "./checkout/lfs-pointers.ts";
export { originRepository, type RemoteRepository } from "./checkout/origin-repository.ts";
export { trackedFiles } from "./checkout/tracked-files.ts";
export { deploymentRightDiagnoses } from "./doctor/deployment-right-diagnoses.ts";
export { type GithubFacts, githubDiagnoses, githubFailure, githubTokenMissing } from "./doctor/github-diagnoses.ts";
export { type ReleaseFacts, releaseDiagnoses } from "./doctor/release-diagnoses.ts";
export { type RunnerFacts, type RunnerUse, runnerDiagnoses } from "./doctor/runner-diagnoses.ts";
export { isRunOfRelease } from "./event/is-run-of-release.ts";
export { type IgnoredEvent, type ReleaseEventOptions, readReleaseEvent } from "./event/read-release-event.ts";
export { type Anchor, type HeldAnchor, readAnchors } from "./github/anchors.ts";
export { type ApprovalRule, approvalObjections } from "./github/approval-objections.ts";
export { releaseObjections } from "./github/check-release.ts";
export type { ReleaseComparison } from "./github/compare-releases.ts";
export {
  createDeploymentReporter,
  type DeploymentReporter,
  type DeploymentReporterOptions,
} from "./github/deployment-reporter.ts";
export type { DeploymentState, ShownDeployment, ShownState } from "./github/deployment-states.ts";
export { findApi, hostOfApi } from "./github/find-api.ts";
export { createGithub, type Github, type GithubOptions } from "./github/github.ts";
export { GithubError } from "./github/github-error.ts";
export { type Approvals, readApprovals } from "./github/read-approvals.ts";
export { readDeploymentRight } from "./github/read-deployment-right.ts";
export { type GithubRunner, readGithubRunners } from "./github/read-runners.ts";
export { createReleaseDesk, type ReleaseDesk } from "./github/release-desk.ts";
export type { GithubRelease } from "./github/release-from.ts";
export type { NewRelease } from "./github/releases.ts";
export { releaseId, releaseKey } from "./identity/release-identity.ts";
