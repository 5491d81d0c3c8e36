import { type Assessment, assess } from "./assess.ts";
import type { LoadProfile } from "./load/profile.ts";
import { waitForQuiet } from "./load-average.ts";
import { type Measurement, run } from "./measure.ts";
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

export interface ChangeOptions {
  readonly round: number;
  readonly old: string;
  readonly next: string;
  readonly act: (signal: AbortSignal) => Promise<Measurement>;
  readonly profile: Partial<LoadProfile>;
  /** How long to wait for a quiet machine. */
  readonly quietMs: number;
}

/** Has a peer change the version that serves, under load, as soon as the machine is quiet. */
export async function observeChange(session: Session, peer: Peer, options: ChangeOptions): Promise<PeerRun> {
  const { round, old, next, act, profile, quietMs } = options;
  const { signal } = session;
  const { quiet } = await waitForQuiet({ timeoutMs: quietMs, signal });
  const { url, checkout } = peer;
  const { stack } = checkout;
  const observation = await observe({ url, stack, old, next, act, profile: { seed: round, ...profile }, signal });
  const assessment = assess(observation);
  session.say(summaryLine(peer.name, options, observation, assessment));
  const { load, machineLoad } = observation;
  const sockets = load.sockets.lives;
  return { peer: peer.name, round, machineLoad, quiet, assessment, failures: load.failures, sockets };
}

/** Makes the checkout hold its next version, with its layers built: every peer builds from cache then. */
export async function releaseNext(
  { signal, prefix }: Session,
  { checkout }: Peer,
): Promise<{ old: string; next: string }> {
  const old = await checkout.tag();
  const next = `v${Number(old.slice(1)) + 1}`;
  await checkout.release(next);
  const env = { COMPOSE_PROJECT_NAME: `${prefix}cache` };
  await run(["docker", "compose", "build"], { cwd: checkout.directory, env, signal });
  return { old, next };
}

function summaryLine(peer: string, change: ChangeOptions, { load, machineLoad }: Observation, run: Assessment): string {
  const kinds = Object.entries(load.failuresByKind).filter(([, count]) => count > 0);
  const lost = kinds.length > 0 ? ` (${kinds.map(([kind, count]) => `${count} ${kind}`).join(", ")})` : "";
  const seconds = (ms: number) => `${(ms / 1_000).toFixed(1)} s`;
  return [
    `${peer} run ${change.round}, ${change.old} to ${change.next}: lost ${run.lost} of ${load.requests}${lost}`,
    `gap ${Math.round(run.gapMs)} ms (own lateness ${Math.round(run.latenessMs)} ms)`,
    `users moved ${seconds(run.usersMovedMs)}, command ${seconds(run.commandMs)}, p99 ${Math.round(run.p99DuringMs)} ms`,
    `load average ${machineLoad.toFixed(1)}`,
  ].join(", ");
}
