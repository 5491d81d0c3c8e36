import type { ReleaseRequest } from "../model/release.ts";

/** What releases are built from lies in a directory that others may change while a deployment waits, or builds. */
export interface CheckoutGuard {
  /**
   * What is checked out is still what the request says. Where no commit names it, there is nothing to hold it against.
   *
   * @throws SluiceError RELEASE_REFUSED
   */
  assertUnchanged(request: ReleaseRequest, signal?: AbortSignal): Promise<void>;
}
