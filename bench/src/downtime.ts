// What one deployment costs the users: Sluice, plain Compose and a careful script beside each other, same app, same load.
import { join } from "node:path";
import { parseArgs } from "node:util";
import { createCheckout } from "./checkout.ts";
import { downtimeFigures } from "./downtime-limits.ts";
import { measureStartUp, medianWall } from "./floor.ts";
import { observePeer, type PeerRun } from "./observe-peer.ts";
import { createByHandPeer } from "./peers/by-hand.ts";
import { createComposePeer } from "./peers/compose.ts";
import type { Peer } from "./peers/peer.ts";
import { createSluicePeer, sluiceConfig } from "./peers/sluice.ts";
import { conclude, type Numbers } from "./result.ts";
import { type Findings, runBench } from "./run-bench.ts";
import type { Session } from "./session.ts";
import { summariseRuns } from "./summary.ts";

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
const makePeer = { compose: createComposePeer, "by-hand": createByHandPeer, sluice: createSluicePeer };
type PeerName = keyof typeof makePeer;

await runBench(async (session) => {
  const peers: Peer[] = [];
  for (const name of values.peers.split(",")) peers.push(await preparePeer(session, name as PeerName));
  const floor = await measureFloor(session, peers[0]?.checkout.directory ?? session.directory);

  const results: PeerRun[] = [];
  for (let round = 1; round <= runs; round += 1) {
    // Odd rounds keep connections alive, even ones do not: users' browsers and other services do either.
    const profile = { keepAlive: round % 2 === 1, ratePerSecond };
    for (const peer of peers) results.push(await observePeer(session, peer, { round, profile, quietMs }));
  }
  const longRuns: PeerRun[] = [];
  const slow = [{ path: `/slow?ms=${drainMs - 1_000}`, ratePerSecond: 1 }];
  for (const peer of peers.filter(({ name }) => name !== "compose")) {
    longRuns.push(await observePeer(session, peer, { round: runs + 1, profile: { slow, ratePerSecond }, quietMs }));
  }
  return findings(results, longRuns, floor);
});

async function preparePeer(session: Session, name: PeerName): Promise<Peer> {
  if (!(name in makePeer)) throw new Error(`unknown peer "${name}": ${Object.keys(makePeer).join(", ")}`);
  const checkout = await createCheckout({
    directory: join(session.directory, name),
    stack: `${session.prefix}${name}`,
    startUpMs,
    ...(name === "sluice" ? { files: { "sluice.yaml": sluiceConfig(drainMs) } } : {}),
  });
  const peer = makePeer[name]({ checkout, drainMs });
  session.say(`${name}: bringing version v1 up`);
  await checkout.release("v1");
  await peer.prepare(session.signal);
  return peer;
}

async function measureFloor({ prefix, signal }: Session, directory: string): Promise<Numbers> {
  const options = { cwd: directory, env: { COMPOSE_PROJECT_NAME: `${prefix}cache` }, signal };
  const build = await medianWall(["docker", "compose", "build"], 4, options);
  const startUp = await measureStartUp(`${prefix}cache-web`, `${prefix}start-up`, signal);
  return { start_up_s: startUp / 1_000, compose_build_cached_s: build / 1_000 };
}

function findings(results: readonly PeerRun[], longRuns: readonly PeerRun[], floor: Numbers): Findings {
  const summaryOf = (name: string, list = results) =>
    summariseRuns(list.filter(({ peer }) => peer === name).map(({ assessment }) => assessment));
  const names = [...new Set(results.map(({ peer }) => peer))].filter((name) => name !== "sluice");
  const peers = Object.fromEntries(names.map((name) => [name, summaryOf(name)]));
  const loads = results.map(({ machineLoad }) => machineLoad);
  const figures = downtimeFigures({
    runs,
    sluice: summaryOf("sluice"),
    longRequests: summaryOf("sluice", longRuns),
    ...(peers["by-hand"] ? { byHand: peers["by-hand"] } : {}),
    startUpMs: (floor.start_up_s ?? Number.NaN) * 1_000,
    drainMs,
  });
  const machine = { load_average_worst: Math.max(...loads), busy_runs: results.filter(({ quiet }) => !quiet).length };
  return {
    result: conclude({ bench: "downtime", figures, peers, floor: { ...floor, ...machine } }),
    details: { results, longRuns },
  };
}
