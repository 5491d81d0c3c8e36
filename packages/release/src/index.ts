export { createBundleStore } from "./bundles/bundle-store.ts";
export { assertTagIsCheckout } from "./checkout/assert-tag-is-checkout.ts";
export { type Checkout, type CheckoutOptions, describeCheckout } from "./checkout/describe-checkout.ts";
export { type IgnoredEvent, type ReleaseEventOptions, readReleaseEvent } from "./event/read-release-event.ts";
export {
  createDeploymentReporter,
  type DeploymentReporter,
  type DeploymentReporterOptions,
} from "./github/deployment-reporter.ts";
export type { DeploymentState, ShownDeployment, ShownState } from "./github/deployment-states.ts";
export { createGithub, type Github, type GithubOptions } from "./github/github.ts";
export { GithubError } from "./github/github-error.ts";
export { releaseId, releaseKey } from "./identity/release-identity.ts";
