// What one deployment costs the users: Sluice, plain Compose and a careful script beside each other, same app, same load.
import { parseArgs } from "node:util";
import { downtimeFigures } from "./downtime-limits.ts";
import { measureFloor } from "./floor.ts";
import type { LoadProfile } from "./load/profile.ts";
import { observeChange, type PeerRun, releaseNext } from "./observe-change.ts";
import type { Peer } from "./peers/peer.ts";
import { preparePeer } from "./peers/prepare-peer.ts";
import { conclude, type Numbers } from "./result.ts";
import { type Findings, runBench } from "./run-bench.ts";
import type { Session } from "./session.ts";
import { machineFigures, summariseRuns } from "./summary.ts";

const { values } = parseArgs({
  options: {
    runs: { type: "string", default: "5" },
    peers: { type: "string", default: "compose,by-hand,sluice" },
    "startup-ms": { type: "string", default: "2000" },
    "drain-ms": { type: "string", default: "10000" },
    rate: { type: "string", default: "100" },
    "quiet-s": { type: "string", default: "120" },
  },
});
const runs = Number(values.runs);
const drainMs = Number(values["drain-ms"]);
const startUpMs = Number(values["startup-ms"]);
const quietMs = Number(values["quiet-s"]) * 1_000;
const ratePerSecond = Number(values.rate);

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
