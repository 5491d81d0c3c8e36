// Kill it at any moment: SIGKILL at every boundary of every step and at random moments, SIGTERM and SIGINT at every record,
// of a deployment, of the way back and of the commands that take up what was left. `--quick`: a sample that is the same
// for the same seed.
import { allCases, type CrashStage, nameOf, networksOf, runSluice, sampleOf } from "@sluice/testing/faults";
import { crashStageOf } from "./crash-stage.ts";
import { Kept } from "./kept.ts";
import { isFailed, namesToTry, resultsOf } from "./kill/kept-results.ts";
import { openListener } from "./kill/listener.ts";
import { measureExtents } from "./kill/measure-extents.ts";
import { type KillResult, observeKill } from "./kill/observe-kill.ts";
import { partOf } from "./kill/part.ts";
import { readOptions } from "./options.ts";
import { prepare } from "./peers/prepare-peer.ts";
import { createSluicePeer, sluiceConfig } from "./peers/sluice.ts";
import { atMost, conclude, shown } from "./result.ts";
import { runBench } from "./run-bench.ts";

const values = readOptions({
  command: "bin/bench kill",
  purpose: "Kills commands at any moment, goes on as a person would, and looks at what is lost and left.",
  options: {
    quick: { type: "flag", says: "a sample" },
    count: { type: "number", default: 15, says: "with --quick: cases of the sample" },
    database: { type: "flag", says: "with a backup, a rehearsal and somebody who is told in each deployment" },
    seed: { type: "number", default: 1, says: "same seed, same cases" },
    only: { type: "text", default: "", says: "cases whose name has this text in it, such as SIGINT or rollback" },
    part: { type: "text", default: "1/1", says: "such as 2/6: the second of six parts of about the same length" },
    resume: { type: "text", says: "file that keeps results: what went well is not repeated, what failed is" },
    seconds: { type: "number", says: "begin no case after this time; with --resume the next run goes on" },
  },
});
const { seed } = values;
const beganMs = performance.now();
const drainMs = 1_000;
const isOver = () => values.seconds !== undefined && performance.now() - beganMs > values.seconds * 1_000;

await runBench(async (session) => {
  const kept = await Kept.open(values.resume);
  await using listener = await openListener();
  const files = { "sluice.yaml": sluiceConfig(drainMs) + (values.database ? careful(listener.url) : "") };
  const peer = await prepare(session, "kill", { startUpMs: 300, drainMs }, createSluicePeer, files);
  const stage = await crashStageOf(session, peer);
  const extents = await measureExtents(stage, peer, kept);
  session.say(`a deployment writes ${extents.deploy.records} records, the way back ${extents.rollback.records}`);
  const settled: CrashStage = { ...stage, networks: await networksOf(stage) };
  const all = allCases(extents, seed).filter((one) => nameOf(one).includes(values.only));
  const cases = partOf(values.quick ? sampleOf(all, values.count, seed) : all, values.part, seed);
  const names = cases.map(nameOf);
  const open = namesToTry(names, kept).flatMap((name) => cases.find((one) => nameOf(one) === name) ?? []);
  let tried = 0;
  for (const one of open) {
    session.signal.throwIfAborted();
    if (isOver()) break;
    const release = `v${++tried + 2}`;
    await peer.checkout.release(release);
    const result = await observeKill(settled, one, release, seed + tried);
    await kept.add(result.name, result);
    const verdict = isFailed(result) ? `FAILED: ${result.problems.join("; ")}` : "ok";
    session.say(`${tried}/${open.length} ${result.name}: lost ${result.lost} of ${result.requests}, ${verdict}`);
  }
  const audit = await runSluice(settled, ["audit", "verify"]);
  const results = resultsOf(names, kept);
  const failed = results.filter(isFailed);
  for (const { name, problems } of failed) session.say(`still FAILED: ${name}: ${problems.join("; ")}`);
  const sum = (of: (result: KillResult) => number) => results.reduce((total, result) => total + of(result), 0);
  const figures = {
    cases: shown(results.length),
    cases_left: shown(cases.length - results.length),
    deaths: shown(sum(({ deaths }) => deaths)),
    requests: shown(sum(({ requests }) => requests)),
    lost: atMost(
      sum(({ lost }) => lost),
      0,
    ),
    wrong_endings: atMost(failed.length, 0),
    audit_exit_code: atMost(audit.exitCode ?? Number.NaN, 0),
    told: shown(listener.count()),
  };
  return { result: conclude({ bench: "kill", figures, peers: {}, floor: {} }), details: { extents, results } };
});

/** All that a deployment may do beside moving users. */
function careful(url: string): string {
  return `database: { service: db, rehearsal: block }
notify: { channels: { team: { slack: { url: "${url}" }, on: [begun, live, failed, rolled-back, interrupted] } } }
`;
}
