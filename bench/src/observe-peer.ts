import { type Assessment, assess } from "./assess.ts";
import type { LoadProfile } from "./load/profile.ts";
import { waitForQuiet } from "./load-average.ts";
import { run } from "./measure.ts";
import { type Observation, observe } from "./observe.ts";
import type { Peer } from "./peers/peer.ts";
import type { Session } from "./session.ts";

export interface PeerRun {
  readonly peer: string;
  readonly round: number;
  readonly machineLoad: number;
  /** Whether the machine was quiet when the run began. */
  readonly quiet: boolean;
  readonly assessment: Assessment;
  readonly failures: Observation["load"]["failures"];
  readonly sockets: Observation["load"]["sockets"]["lives"];
}

export interface PeerRunOptions {
  readonly round: number;
  readonly profile: Partial<LoadProfile>;
  /** How long to wait for a quiet machine. */
  readonly quietMs: number;
}

/** Has a peer deploy its next version under load. The layers are built beforehand, so every peer builds from cache. */
export async function observePeer(session: Session, peer: Peer, options: PeerRunOptions): Promise<PeerRun> {
  const { round, profile, quietMs } = options;
  const { signal, prefix } = session;
  const { checkout } = peer;
  const old = await checkout.tag();
  const next = `v${Number(old.slice(1)) + 1}`;
  await checkout.release(next);
  await run(["docker", "compose", "build"], {
    cwd: checkout.directory,
    env: { COMPOSE_PROJECT_NAME: `${prefix}cache` },
    signal,
  });
  const { quiet } = await waitForQuiet({ timeoutMs: quietMs, signal });
  const observation = await observe({
    url: peer.url,
    stack: checkout.stack,
    old,
    next,
    act: peer.deploy,
    profile: { seed: round, ...profile },
    signal,
  });
  const assessment = assess(observation);
  session.say(summaryLine(peer.name, round, observation, assessment));
  const { load, machineLoad } = observation;
  return {
    peer: peer.name,
    round,
    machineLoad,
    quiet,
    assessment,
    failures: load.failures,
    sockets: load.sockets.lives,
  };
}

function summaryLine(peer: string, round: number, { load, machineLoad }: Observation, run: Assessment): string {
  const kinds = Object.entries(load.failuresByKind).filter(([, count]) => count > 0);
  const lost = kinds.length > 0 ? ` (${kinds.map(([kind, count]) => `${count} ${kind}`).join(", ")})` : "";
  const seconds = (ms: number) => `${(ms / 1_000).toFixed(1)} s`;
  return [
    `${peer} run ${round}: lost ${run.lost} of ${load.requests}${lost}`,
    `gap ${Math.round(run.gapMs)} ms (own lateness ${Math.round(run.latenessMs)} ms)`,
    `users moved ${seconds(run.usersMovedMs)}, command ${seconds(run.commandMs)}, p99 ${Math.round(run.p99DuringMs)} ms`,
    `load average ${machineLoad.toFixed(1)}`,
  ].join(", ");
}
