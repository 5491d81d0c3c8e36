import { join } from "node:path";
import { repository } from "../checkout.ts";
import { measure } from "../measure.ts";
import { mustSucceed } from "./must-succeed.ts";
import type { Peer, PeerOptions } from "./peer.ts";

export interface SluicePeer extends Peer {
  /** The command with the stack's options, to be measured. */
  readonly command: (verb: string, ...args: string[]) => readonly string[];
  readonly stateHome: string;
}

/** The configuration that the limits of the benches are meant for: all traffic at once, and no bake. */
export const sluiceConfig = (drainMs: number): string => `rollout: { steps: [100], bake: 0s }
releases: { keep: 20 }
traffic: { drain: { timeout: ${drainMs}ms } }
services:
  web: { health: { path: /healthz }, startTimeout: 3m }
`;

/** `sluice deploy`, as a workflow runs it. */
export function createSluicePeer({ checkout }: PeerOptions): SluicePeer {
  const home = `${checkout.directory}-state`;
  const sluice = join(repository, "bin/sluice");
  const command = (verb: string, ...args: string[]) => [
    sluice,
    verb,
    "-p",
    checkout.stack,
    "--state-home",
    home,
    ...args,
  ];
  const deploy = async (signal: AbortSignal) => {
    const tag = await checkout.tag();
    return measure(command("deploy", "--release", tag, "--yes"), { cwd: checkout.directory, signal });
  };
  return {
    name: "sluice",
    checkout,
    url: checkout.url,
    command,
    stateHome: home,
    prepare: async (signal) => mustSucceed("sluice", await deploy(signal)),
    deploy,
  };
}
