import { describeFailure, type Measurement } from "../measure.ts";

/** Throws what the command of a peer said, if it did not succeed. */
export function mustSucceed(peer: string, measurement: Measurement): void {
  if (measurement.exitCode !== 0) throw new Error(describeFailure([peer, "deploy"], measurement));
}
