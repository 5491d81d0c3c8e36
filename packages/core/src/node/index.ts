// What needs Node. All else of this package runs anywhere.
export {
  createDurably,
  createFile,
  syncPath,
  temporaryName,
  temporaryPrefix,
  writeDurably,
} from "./durable-file.ts";
export { asOwnerHint, deniedHint, type FileOwner, isAnothers, ownerOf } from "./file-owner.ts";
export { makeDirectory } from "./make-directory.ts";
export { systemClock } from "./system-clock.ts";
