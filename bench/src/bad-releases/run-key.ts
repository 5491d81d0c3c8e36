import type { PeerName } from "./peers.ts";

/** What is run, and all that its result depends on but the code. */
export interface RunKey {
  readonly name: PeerName;
  readonly mode: string;
  readonly round: number;
  readonly ratePerSecond: number;
  /** As the configuration says it. */
  readonly bake: string;
  /** From the shop's start to its readiness, milliseconds. */
  readonly startUpMs: number;
}

/** The name under which a run is kept. Pure. */
export const runKey = ({ name, mode, round, ratePerSecond, bake, startUpMs }: RunKey): string =>
  `${name} ${mode} ${round}, ${ratePerSecond}/s, bake ${bake}, start ${startUpMs} ms`;
