// What one deployment costs the users: Sluice, plain Compose and a careful script beside each other, same app, same load.
import { downtimeFigures } from "./downtime-limits.ts";
import { measureFloor } from "./floor.ts";
import type { LoadProfile } from "./load/profile.ts";
import { observeChange, type PeerRun, releaseNext } from "./observe-change.ts";
import { readOptions } from "./options.ts";
import type { Peer } from "./peers/peer.ts";
import { preparePeer } from "./peers/prepare-peer.ts";
import { conclude, type Numbers } from "./result.ts";
import { type Findings, runBench } from "./run-bench.ts";
import type { Session } from "./session.ts";
import { machineFigures, summariseRuns } from "./summary.ts";

const values = readOptions({
  command: "bin/bench downtime",
  purpose: "What one deployment costs the users: Sluice, plain Compose and a careful script.",
  options: {
    runs: { type: "number", default: 5, says: "rounds" },
    peers: { type: "text", default: "compose,by-hand,sluice", says: "ways to deploy" },
    "startup-ms": { type: "number", default: 2_000, says: "time from the shop's start to its readiness" },
    "drain-ms": { type: "number", default: 10_000, says: "time that old requests get" },
    rate: { type: "number", default: 100, says: "requests a second" },
    "quiet-s": { type: "number", default: 120, says: "seconds to wait for a quiet machine" },
  },
});
const { runs, rate: ratePerSecond, "drain-ms": drainMs, "startup-ms": startUpMs } = values;
const quietMs = values["quiet-s"] * 1_000;

await runBench(async (session) => {
  const peers: Peer[] = [];
  for (const name of values.peers.split(",")) peers.push(await preparePeer(session, name, { startUpMs, drainMs }));
  const floor = await measureFloor(session, peers);

  const results: PeerRun[] = [];
  for (let round = 1; round <= runs; round += 1) {
    // Odd rounds keep connections alive, even ones do not: users' browsers and other services do either.
    const profile = { keepAlive: round % 2 === 1, ratePerSecond };
    for (const peer of peers) results.push(await deployNext(session, peer, round, profile));
  }
  const longRuns: PeerRun[] = [];
  const slow = [{ path: `/slow?ms=${drainMs - 1_000}`, ratePerSecond: 1 }];
  for (const peer of peers.filter(({ name }) => name !== "compose")) {
    longRuns.push(await deployNext(session, peer, runs + 1, { slow, ratePerSecond }));
  }
  return findings(results, longRuns, floor);
});

async function deployNext(session: Session, peer: Peer, round: number, profile: Partial<LoadProfile>) {
  const versions = await releaseNext(session, peer);
  return observeChange(session, peer, { ...versions, round, act: peer.deploy, profile, quietMs });
}

function findings(results: readonly PeerRun[], longRuns: readonly PeerRun[], floor: Numbers): Findings {
  const summaryOf = (name: string, list = results) =>
    summariseRuns(list.filter(({ peer }) => peer === name).map(({ assessment }) => assessment));
  const names = [...new Set(results.map(({ peer }) => peer))].filter((name) => name !== "sluice");
  const peers = Object.fromEntries(names.map((name) => [name, summaryOf(name)]));
  const figures = downtimeFigures({
    runs,
    sluice: summaryOf("sluice"),
    longRequests: summaryOf("sluice", longRuns),
    ...(peers["by-hand"] ? { byHand: peers["by-hand"] } : {}),
    startUpMs: (floor.start_up_s ?? Number.NaN) * 1_000,
    drainMs,
  });
  return {
    result: conclude({ bench: "downtime", figures, peers, floor: { ...floor, ...machineFigures(results) } }),
    details: { results, longRuns },
  };
}
