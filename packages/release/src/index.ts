export { createBundleStore } from "./bundles/bundle-store.ts";
export { releasesToPrune } from "./bundles/releases-to-prune.ts";
export { assertTagIsCheckout, type Checkout, describeCheckout } from "./checkout/describe-checkout.ts";
export { type EventReading, type ReleaseEvent, readReleaseEvent } from "./event/read-release-event.ts";
export { releaseId, releaseKey } from "./identity/release-identity.ts";
