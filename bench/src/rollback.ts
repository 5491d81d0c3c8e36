// The way back: to the version before, which still runs (warm), and to one that has to be started (cold).
import { coldRounds } from "./cold-rounds.ts";
import { measureFloor } from "./floor.ts";
import { measure } from "./measure.ts";
import { observeChange, type PeerRun, releaseNext } from "./observe-change.ts";
import { readOptions } from "./options.ts";
import { createByHandPeer } from "./peers/by-hand.ts";
import { createComposePeer } from "./peers/compose.ts";
import { mustSucceed } from "./peers/must-succeed.ts";
import type { Peer } from "./peers/peer.ts";
import { prepare } from "./peers/prepare-peer.ts";
import { createSluicePeer, type SluicePeer } from "./peers/sluice.ts";
import { conclude } from "./result.ts";
import { rollbackFigures } from "./rollback-limits.ts";
import { runBench } from "./run-bench.ts";
import type { Session } from "./session.ts";
import { saysImages, slotImages } from "./stack-facts.ts";
import { machineFigures, summariseRuns } from "./summary.ts";

const values = readOptions({
  command: "bin/bench rollback",
  purpose: "The way back: to the version before (warm), and to one that has to be started (cold).",
  options: {
    runs: { type: "number", default: 5, says: "of each kind" },
    "startup-ms": { type: "number", default: 2_000, says: "time from the shop's start to its readiness" },
    "drain-ms": { type: "number", default: 10_000, says: "time that old requests get" },
    "quiet-s": { type: "number", default: 120, says: "seconds to wait for a quiet machine" },
  },
});
const { runs } = values;
const stage = { startUpMs: values["startup-ms"], drainMs: values["drain-ms"] };
const quietMs = values["quiet-s"] * 1_000;
const rounds = Array.from({ length: runs }, (_, index) => index + 1);

interface Back {
  readonly run: PeerRun;
  /** What is wrong with the images that run afterwards. */
  readonly differences: readonly string[];
  /** The command names the images that run now. */
  readonly saysImages: boolean;
  /** The command says that the version has to be started. */
  readonly isCold: boolean;
}

await runBench(async (session) => {
  const sluice = await prepare(session, "sluice", stage, createSluicePeer);
  const others = [
    await prepare(session, "compose", stage, createComposePeer),
    await prepare(session, "by-hand", stage, createByHandPeer),
  ];
  const floor = await measureFloor(session, [sluice]);
  const warm: Back[] = [];
  const peerRuns: PeerRun[] = [];
  for (const round of rounds) {
    warm.push(await warmBack(session, sluice, round));
    for (const peer of others) peerRuns.push(await checkoutBack(session, peer, round));
  }
  const cold: Back[] = [];
  // The version that the last round has left is warm: another one takes its slot.
  const { next: newest } = await releaseNext(session, sluice);
  mustSucceed("sluice", await sluice.deploy(session.signal));
  for (const { round, old, next } of coldRounds(runs, newest))
    cold.push(await back(session, sluice, round, old, next, [next]));

  const summaryOf = (list: readonly PeerRun[]) => summariseRuns(list.map(({ assessment }) => assessment));
  const peers = Object.fromEntries(
    others.map(({ name }) => [name, summaryOf(peerRuns.filter(({ peer }) => peer === name))]),
  );
  const all = [...warm, ...cold];
  const figures = rollbackFigures({
    runs,
    warm: summaryOf(warm.map(({ run }) => run)),
    cold: summaryOf(cold.map(({ run }) => run)),
    ...(peers["by-hand"] ? { byHand: peers["by-hand"] } : {}),
    startUpMs: (floor.start_up_s ?? Number.NaN) * 1_000,
    drainMs: stage.drainMs,
    wrongImages: all.filter(({ differences }) => differences.length > 0).length,
    silentAboutImages: all.filter((one) => !one.saysImages).length,
    coldRuns: cold.filter(({ isCold }) => isCold).length,
  });
  const machine = machineFigures(all.map(({ run }) => run));
  return {
    result: conclude({ bench: "rollback", figures, peers, floor: { ...floor, ...machine } }),
    details: { warm, cold, peerRuns },
  };
});

/** Deploys another version, without load, and goes back to v1 under load. */
async function warmBack(session: Session, sluice: SluicePeer, round: number): Promise<Back> {
  const { next } = await releaseNext(session, sluice);
  mustSucceed("sluice", await sluice.deploy(session.signal));
  return back(session, sluice, round, next, "v1", []);
}

async function back(
  session: Session,
  sluice: SluicePeer,
  round: number,
  old: string,
  next: string,
  args: string[],
): Promise<Back> {
  let said = "";
  const act = async (signal: AbortSignal) => {
    const command = sluice.command("rollback", ...args, "--yes", "--plain");
    const result = await measure(command, { cwd: sluice.checkout.directory, signal });
    said = result.stdout;
    return result;
  };
  const profile = { keepAlive: round % 2 === 1 };
  const run = await observeChange(session, sluice, { round, old, next, act, profile, quietMs });
  const { running, differences } = await slotImages(sluice, next);
  for (const difference of differences) session.say(difference);
  const isCold = said.includes("[cold-rollback]");
  return { run, differences, saysImages: saysImages(said, running), isCold };
}

/** What others do to go back: check the old version out and deploy it. */
async function checkoutBack(session: Session, peer: Peer, round: number): Promise<PeerRun> {
  const { old, next } = await releaseNext(session, peer);
  mustSucceed(peer.name, await peer.deploy(session.signal));
  await peer.checkout.goBack(old);
  const profile = { keepAlive: round % 2 === 1 };
  const run = await observeChange(session, peer, { round, old: next, next: old, act: peer.deploy, profile, quietMs });
  return run;
}
