// What users meet of a bad version: Sluice beside plain Compose, same shop, same load.
import { parseArgs } from "node:util";
import { badCases, quickModes } from "./bad-releases/cases.ts";
import { badReleaseFigures, badReleaseNumbers } from "./bad-releases/limits.ts";
import { type BadRun, observeBadRelease } from "./bad-releases/observe-bad-release.ts";
import { createComposePeer } from "./peers/compose.ts";
import { mustSucceed } from "./peers/must-succeed.ts";
import { type Peer } from "./peers/peer.ts";
import { prepare } from "./peers/prepare-peer.ts";
import { createSluicePeer } from "./peers/sluice.ts";
import { conclude } from "./result.ts";
import { runBench } from "./run-bench.ts";
import type { Session } from "./session.ts";

const { values } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    /** Of the version with 20 % errors; the others run once. */
    runs: { type: "string" },
    modes: { type: "string" },
    "quiet-s": { type: "string", default: "120" },
    rate: { type: "string", default: "100" },
    "startup-ms": { type: "string", default: "1000" },
  },
});
const modes = values.modes?.split(",") ?? (values.quick ? quickModes : badCases.map(({ mode }) => mode));
const cases = badCases.filter(({ mode }) => modes.includes(mode));
const err20Runs = Number(values.runs ?? (values.quick ? 1 : 10));
const ratePerSecond = Number(values.rate);
const stage = { startUpMs: Number(values["startup-ms"]), drainMs: 5_000 };

/** As a project would have it: nothing is said of the checks, so that only users can tell. */
const config = `rollout: { steps: [{ share: 5, for: 30s }, { share: 50, for: 30s }, 100], bake: ${values.quick ? "10s" : "60s"} }
releases: { keep: 20 }
traffic: { drain: { timeout: 5s } }
services: { web: { health: { path: /healthz } } }
`;
/** What leaks must meet a limit before the machine does. */
const memory = "services: { web: { mem_limit: 300m } }\n";
const files = { "sluice.yaml": config, "docker-compose.override.yml": memory };

await runBench(async (session) => {
  const sluice = await prepare(session, "sluice", stage, createSluicePeer, files);
  const compose = await prepare(session, "compose", stage, createComposePeer, files);
  const runs: BadRun[] = [];
  let version = 1;
  for (const badCase of cases) {
    const rounds = badCase.mode === "err20" ? err20Runs : 1;
    for (let round = 1; round <= rounds; round += 1) {
      version += 1;
      const bad = `v${version}`;
      const common = { good: "v1", bad, badCase, ratePerSecond, quietMs: Number(values["quiet-s"]) * 1_000 };
      runs.push(await observeBadRelease(session, sluice, { ...common, afterMs: 5_000 }));
      await sluice.checkout.goBack("v1");
      if (round > 1) continue;
      runs.push(await observeBadRelease(session, compose, { ...common, afterMs: 65_000 }));
      await bringBack(session, compose);
    }
  }
  const peers = {
    compose: badReleaseNumbers(
      cases,
      runs.filter(({ peer }) => peer === "compose"),
    ),
  };
  const figures = badReleaseFigures(cases, runs);
  return {
    result: conclude({ bench: "bad-releases", figures, peers, floor: { rate: ratePerSecond } }),
    details: { runs },
  };
});

async function bringBack({ signal }: Session, peer: Peer): Promise<void> {
  await peer.checkout.goBack("v1");
  mustSucceed(peer.name, await peer.deploy(signal));
}
