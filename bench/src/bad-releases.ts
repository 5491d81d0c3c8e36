// What users meet of a bad version: Sluice beside plain Compose and Docker Swarm, same shop, same load.
import { readCases } from "./bad-releases/cases.ts";
import { badReleaseFigures, badReleaseNumbers } from "./bad-releases/limits.ts";
import { type BadRun, observeBadRelease } from "./bad-releases/observe-bad-release.ts";
import { type PeerName, prepareBadPeer, readPeers, watchedMs } from "./bad-releases/peers.ts";
import { runKey } from "./bad-releases/run-key.ts";
import { Kept } from "./kept.ts";
import { readOptions } from "./options.ts";
import { mustSucceed } from "./peers/must-succeed.ts";
import { type Peer } from "./peers/peer.ts";
import { conclude } from "./result.ts";
import { runBench } from "./run-bench.ts";
import type { Session } from "./session.ts";

const values = readOptions({
  command: "bin/bench bad-releases",
  purpose: "What users meet of bad versions: Sluice beside plain Compose and Docker Swarm.",
  options: {
    quick: { type: "flag", says: "some of the versions, and a short bake" },
    runs: { type: "number", says: "of the version with 20 % errors (10, or 1 with --quick); the others run once" },
    case: { type: "text", says: "some of the versions, such as err20,leak" },
    peers: { type: "text", says: "ways to deploy (sluice,compose,swarm, the last where it can be)" },
    resume: { type: "text", says: "file that keeps the runs: those that it holds are not repeated" },
    "quiet-s": { type: "number", default: 120, says: "seconds to wait for a quiet machine" },
    rate: { type: "number", default: 100, says: "requests a second" },
    "startup-ms": { type: "number", default: 1_000, says: "time from the shop's start to its readiness" },
  },
});
const err20Runs = values.runs ?? (values.quick ? 1 : 10);
const ratePerSecond = values.rate;
const bake = values.quick ? "10s" : "60s";
const stage = { startUpMs: values["startup-ms"], drainMs: 5_000 };

/** As a project would have it: users tell what is wrong, and a check of resources what they do not see. */
const config = `rollout: { steps: [{ share: 5, for: 30s }, { share: 50, for: 30s }, 100], bake: ${bake} }
releases: { keep: 20 }
traffic: { drain: { timeout: 5s } }
services: { web: { health: { path: /healthz } } }
checks: [{ service: web, resources: {} }]
`;
/** What leaks must meet a limit before the machine does. */
const memory = "services: { web: { mem_limit: 300m } }\n";
const files = { "sluice.yaml": config, "docker-compose.override.yml": memory };

await runBench(async (session) => {
  const cases = readCases(values.case, values);
  const { names, without } = readPeers(values.peers);
  if (without !== "") session.say(without);
  const kept = await Kept.open(values.resume);
  const wanted = names.flatMap((name) =>
    cases.flatMap(({ mode }) => rounds(name, mode).map((round) => ({ name, mode, round }))),
  );
  const keyOf = (one: (typeof wanted)[number]) => runKey({ ...one, ratePerSecond, bake, startUpMs: stage.startUpMs });
  const open = wanted.filter((one) => !kept.has(keyOf(one)));
  const peers = new Map<PeerName, Peer>();
  await using engines = new AsyncDisposableStack();
  for (const name of new Set(open.map((one) => one.name))) {
    peers.set(name, await prepareBadPeer(session, name, { stage, files, engines }));
  }
  let version = 1;
  for (const [index, one] of open.entries()) {
    const [peer, badCase] = [peers.get(one.name), cases.find(({ mode }) => mode === one.mode)];
    if (!peer || !badCase) continue;
    version += 1;
    const quietMs = values["quiet-s"] * 1_000;
    const good = badCase.baseMs === undefined ? "v1" : `v${version}`;
    if (badCase.baseMs !== undefined) {
      await peer.checkout.release(good, "good", badCase.baseMs);
      mustSucceed(peer.name, await peer.deploy(session.signal));
      version += 1;
    }
    const afterMs = watchedMs[one.name];
    const options = { good, bad: `v${version}`, badCase, ratePerSecond, quietMs, afterMs };
    await kept.add(keyOf(one), await observeBadRelease(session, peer, options));
    if (open.slice(index + 1).some(({ name }) => name === one.name)) await bringBack(session, peer, good);
  }
  const runs = wanted.map((one) => kept.get(keyOf(one)) as BadRun);
  const figures = badReleaseFigures(cases, runs);
  const others = Object.groupBy(
    runs.filter(({ peer }) => peer !== "sluice"),
    ({ peer }) => peer,
  );
  return {
    result: conclude({
      bench: "bad-releases",
      figures,
      peers: Object.fromEntries(
        Object.entries(others).map(([name, own = []]) => [name, badReleaseNumbers(cases, own)]),
      ),
      floor: { rate: ratePerSecond },
    }),
    details: { runs },
  };
});

/** The one with 20 % errors is run more than once, as chance decides who meets it. */
function rounds(peer: PeerName, mode: string): readonly number[] {
  const count = peer === "sluice" && mode === "err20" ? err20Runs : 1;
  return Array.from({ length: count }, (_, index) => index + 1);
}

async function bringBack({ signal }: Session, peer: Peer, good: string): Promise<void> {
  await peer.checkout.goBack("v1");
  // Sluice went back by itself to the version before, which is what is measured.
  if (peer.name !== "sluice" || good !== "v1") mustSucceed(peer.name, await peer.deploy(signal));
}
