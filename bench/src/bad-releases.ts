// What users meet of a bad version: Sluice beside plain Compose, same shop, same load.
import { badCases, quickModes } from "./bad-releases/cases.ts";
import { badReleaseFigures, badReleaseNumbers } from "./bad-releases/limits.ts";
import { type BadRun, observeBadRelease } from "./bad-releases/observe-bad-release.ts";
import { Kept } from "./kept.ts";
import { readOptions } from "./options.ts";
import { createComposePeer } from "./peers/compose.ts";
import { mustSucceed } from "./peers/must-succeed.ts";
import { type Peer } from "./peers/peer.ts";
import { prepare } from "./peers/prepare-peer.ts";
import { createSluicePeer } from "./peers/sluice.ts";
import { conclude } from "./result.ts";
import { runBench } from "./run-bench.ts";
import type { Session } from "./session.ts";

const values = readOptions({
  command: "bin/bench bad-releases",
  purpose: "What users meet of bad versions: Sluice beside plain Compose.",
  options: {
    quick: { type: "flag", says: "some of the versions, and a short bake" },
    runs: { type: "number", says: "of the version with 20 % errors (10, or 1 with --quick); the others run once" },
    case: { type: "text", says: "some of the versions, such as err20,leak" },
    peers: { type: "text", default: "sluice,compose", says: "ways to deploy" },
    resume: { type: "text", says: "file that keeps the runs: those that it holds are not repeated" },
    "quiet-s": { type: "number", default: 120, says: "seconds to wait for a quiet machine" },
    rate: { type: "number", default: 100, says: "requests a second" },
    "startup-ms": { type: "number", default: 1_000, says: "time from the shop's start to its readiness" },
  },
});
const modes = values.case?.split(",") ?? (values.quick ? quickModes : badCases.map(({ mode }) => mode));
const cases = badCases.filter(({ mode }) => modes.includes(mode));
const err20Runs = values.runs ?? (values.quick ? 1 : 10);
const ratePerSecond = values.rate;
const stage = { startUpMs: values["startup-ms"], drainMs: 5_000 };

/** As a project would have it: users tell what is wrong, and a check of resources what they do not see. */
const config = `rollout: { steps: [{ share: 5, for: 30s }, { share: 50, for: 30s }, 100], bake: ${values.quick ? "10s" : "60s"} }
releases: { keep: 20 }
traffic: { drain: { timeout: 5s } }
services: { web: { health: { path: /healthz } } }
checks: [{ service: web, resources: {} }]
`;
/** What leaks must meet a limit before the machine does. */
const memory = "services: { web: { mem_limit: 300m } }\n";
const files = { "sluice.yaml": config, "docker-compose.override.yml": memory };

await runBench(async (session) => {
  const kept = await Kept.open(values.resume);
  const wanted = values.peers
    .split(",")
    .flatMap((name) => cases.flatMap(({ mode }) => rounds(name, mode).map((round) => ({ name, mode, round }))));
  const keyOf = ({ name, mode, round }: (typeof wanted)[number]) => `${name} ${mode} ${round}, ${ratePerSecond}/s`;
  const open = wanted.filter((one) => !kept.has(keyOf(one)));
  const peers = new Map<string, Peer>();
  for (const name of new Set(open.map((one) => one.name))) {
    const create = name === "sluice" ? createSluicePeer : createComposePeer;
    peers.set(name, await prepare(session, name, stage, create as typeof createComposePeer, files));
  }
  let version = 1;
  for (const one of open) {
    const [peer, badCase] = [peers.get(one.name), cases.find(({ mode }) => mode === one.mode)];
    if (!peer || !badCase) continue;
    version += 1;
    const quietMs = values["quiet-s"] * 1_000;
    // Users of a peer that never goes back are watched for the minute that counts.
    const afterMs = one.name === "sluice" ? 5_000 : 65_000;
    const options = { good: "v1", bad: `v${version}`, badCase, ratePerSecond, quietMs, afterMs };
    await kept.add(keyOf(one), await observeBadRelease(session, peer, options));
    await bringBack(session, peer);
  }
  const runs = wanted.map((one) => kept.get(keyOf(one)) as BadRun);
  const others = runs.filter(({ peer }) => peer === "compose");
  const figures = badReleaseFigures(cases, runs);
  return {
    result: conclude({
      bench: "bad-releases",
      figures,
      peers: others.length > 0 ? { compose: badReleaseNumbers(cases, others) } : {},
      floor: { rate: ratePerSecond },
    }),
    details: { runs },
  };
});

/** The one with 20 % errors is run more than once, as chance decides who meets it. */
function rounds(peer: string, mode: string): readonly number[] {
  const count = peer === "sluice" && mode === "err20" ? err20Runs : 1;
  return Array.from({ length: count }, (_, index) => index + 1);
}

async function bringBack({ signal }: Session, peer: Peer): Promise<void> {
  await peer.checkout.goBack("v1");
  // Sluice went back by itself, which is what is measured.
  if (peer.name !== "sluice") mustSucceed(peer.name, await peer.deploy(signal));
}
