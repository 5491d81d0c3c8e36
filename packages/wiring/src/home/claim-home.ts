import type { ComposeRuntime } from "@sluice/compose";

export interface HomeClaim {
  /** @throws SluiceError HOME_MISMATCH */
  readonly claim: ComposeRuntime["base"]["claim"];
  /** The engine may know of the home, whether or not the claim succeeded. */
  readonly isMade: boolean;
}

/** Ties a stack to its home on the engine, and remembers whether anything was written there. */
export function createHomeClaim({ base, claims }: Pick<ComposeRuntime, "base" | "claims">): HomeClaim {
  let isMade = false;
  return {
    async claim(stack, homeId, when) {
      const owner = await claims.read(stack);
      if (owner === homeId || (owner === null && when === "if-taken")) return;
      isMade = owner === null;
      await base.claim(stack, homeId);
    },
    get isMade() {
      return isMade;
    },
  };
}
