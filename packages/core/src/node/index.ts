// What needs Node. All else of this package runs anywhere.
export { asOwnerHint, deniedHint, type FileOwner, isAnothers, ownerOf } from "./file-owner.ts";
export { systemClock } from "./system-clock.ts";
