import { type CheckoutGuard, SluiceError } from "@sluice/core";
import type { FakeContext } from "./context.ts";

/** Whatever is asked for is checked out, until `state.checkedOut` names another commit. */
export function fakeCheckout({ state }: FakeContext): CheckoutGuard {
  return {
    async assertUnchanged({ tag, commit }) {
      const now = state.checkedOut;
      if (now === null || now === commit) return;
      throw new SluiceError("RELEASE_REFUSED", `${tag} was checked out, and ${now} is now`);
    },
  };
}
