import { SluiceError } from "@sluice/core";

/** Of what cannot be made as it was before: what serves is not taken away for it. @param what that is, as the beginning of a sentence */
export function notStored(what: string): SluiceError {
  return new SluiceError("RELEASE_UNKNOWN", `${what}, and the version before is not stored`, {
    hint: "sluice resume finishes this deployment; else publish a release that is good, and deploy it",
  });
}
