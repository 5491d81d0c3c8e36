import { startSecondEngine, whyNoSecondEngine } from "@sluice/testing/second-engine";
import { UsageError } from "../options.ts";
import { createComposePeer } from "../peers/compose.ts";
import type { Peer } from "../peers/peer.ts";
import { prepare, type StageOptions } from "../peers/prepare-peer.ts";
import { createSluicePeer } from "../peers/sluice.ts";
import { createSwarmPeer, swarmImages } from "../peers/swarm/swarm.ts";
import type { Session } from "../session.ts";

/**
 * Ways to deploy, and how long users are watched after their command: where nobody goes back it is the minute that
 * counts. Of that, Swarm's command has watched the first 30 s itself.
 */
export const watchedMs = { sluice: 5_000, compose: 65_000, swarm: 35_000 } as const;
export type PeerName = keyof typeof watchedMs;

const isPeer = (name: string): name is PeerName => Object.hasOwn(watchedMs, name);

export interface WantedPeers {
  readonly names: readonly PeerName[];
  /** What is left out, and why; `""` where nothing is. */
  readonly without: string;
}

/**
 * The ways to deploy that a person has named; otherwise all, or all but Swarm where there cannot be an engine for it.
 *
 * @throws UsageError for a name that is none, and for a Swarm that was asked for and cannot be
 */
export function readPeers(text: string | undefined, whyNoSwarm: () => string = whyNoSecondEngine): WantedPeers {
  const given = text?.split(",") ?? Object.keys(watchedMs);
  const unknown = given.find((name) => !isPeer(name));
  if (unknown !== undefined) throw new UsageError(`unknown peer "${unknown}": ${Object.keys(watchedMs).join(", ")}`);
  const names = given.filter(isPeer);
  const reason = names.includes("swarm") ? whyNoSwarm() : "";
  if (reason === "") return { names, without: "" };
  const without = `swarm has an engine of its own, and there cannot be one here: ${reason}`;
  if (text !== undefined) throw new UsageError(without);
  return { names: names.filter((name) => name !== "swarm"), without };
}

export interface BadPeerOptions {
  readonly stage: StageOptions;
  /** Those that every release holds. */
  readonly files: Readonly<Record<string, string>>;
  /** Ends what a peer has beside the machine's engine. */
  readonly engines: AsyncDisposableStack;
}

export async function prepareBadPeer(session: Session, name: PeerName, options: BadPeerOptions): Promise<Peer> {
  const { stage, files, engines } = options;
  if (name === "sluice") return prepare(session, name, stage, createSluicePeer, files);
  if (name === "compose") return prepare(session, name, stage, createComposePeer, files);
  // A swarm changes an engine for everybody on it: networks, firewall, address pools.
  const engine = engines.use(await startSecondEngine({ images: swarmImages() }));
  return prepare(session, name, stage, (one) => createSwarmPeer({ ...one, engine }), files);
}
