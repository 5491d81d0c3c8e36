import type { Checkout } from "../checkout.ts";
import type { Measurement } from "../measure.ts";

/** One way to deploy the shop. The checkout holds the version that `prepare` and `deploy` are about. */
export interface Peer {
  readonly name: string;
  readonly checkout: Checkout;
  /** Where users reach the shop. */
  readonly url: string;
  /** Makes the checkout's version the first one that serves. Returns when it does. */
  readonly prepare: (signal: AbortSignal) => Promise<void>;
  /** Replaces it by the version that the checkout holds now; what the command that a user types took. */
  readonly deploy: (signal: AbortSignal) => Promise<Measurement>;
}

export interface PeerOptions {
  readonly checkout: Checkout;
  /** How long what is in flight may take to end. */
  readonly drainMs: number;
}
