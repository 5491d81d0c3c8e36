export { createBundleStore } from "./bundles/bundle-store.ts";
export { assertTagIsCheckout } from "./checkout/assert-tag-is-checkout.ts";
export { type Checkout, type CheckoutOptions, describeCheckout } from "./checkout/describe-checkout.ts";
export { type IgnoredEvent, type ReleaseEventOptions, readReleaseEvent } from "./event/read-release-event.ts";
export { releaseId, releaseKey } from "./identity/release-identity.ts";
