// Kill it at any moment: SIGKILL at every boundary of every step and at random moments, SIGTERM and SIGINT at every record,
// of a deployment, of the way back and of the commands that take up what was left. `--quick`: a sample that is the same
// for the same seed.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import {
  allCases,
  type CrashStage,
  type Extents,
  nameOf,
  networksOf,
  runSluice,
  sampleOf,
} from "@sluice/testing/faults";
import { crashStageOf } from "./crash-stage.ts";
import { type KillResult, observeKill } from "./kill/observe-kill.ts";
import { partOf } from "./kill/part.ts";
import { prepare } from "./peers/prepare-peer.ts";
import { createSluicePeer, type SluicePeer } from "./peers/sluice.ts";
import { atMost, conclude, shown } from "./result.ts";
import { runBench } from "./run-bench.ts";

const { values } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    count: { type: "string", default: "15" },
    seed: { type: "string", default: "1" },
    /** Cases whose name has this text in it. */
    only: { type: "string", default: "" },
    /** `2/6`: the second of six parts of about the same length. */
    part: { type: "string", default: "1/1" },
  },
});
const seed = Number(values.seed);

await runBench(async (session) => {
  const peer = await prepare(session, "kill", { startUpMs: 300, drainMs: 1_000 }, createSluicePeer);
  const stage = await crashStageOf(session, peer);
  const extents = await measureExtents(stage, peer);
  session.say(`a deployment writes ${extents.deploy.records} records, the way back ${extents.rollback.records}`);
  const settled = { ...stage, networks: await networksOf(stage.stack) };
  const all = allCases(extents, seed).filter((one) => nameOf(one).includes(values.only));
  const cases = partOf(values.quick ? sampleOf(all, Number(values.count), seed) : all, values.part, seed);
  const results: KillResult[] = [];
  for (const [index, one] of cases.entries()) {
    session.signal.throwIfAborted();
    const release = `v${index + 3}`;
    await peer.checkout.release(release);
    const result = await observeKill(settled, one, release, seed + index);
    results.push(result);
    const verdict = result.problems.length > 0 ? `FAILED: ${result.problems.join("; ")}` : "ok";
    session.say(`${index + 1}/${cases.length} ${nameOf(one)}: lost ${result.lost} of ${result.requests}, ${verdict}`);
  }
  const audit = await runSluice(settled, ["audit", "verify"]);
  const sum = (of: (result: KillResult) => number) => results.reduce((total, result) => total + of(result), 0);
  const lost = sum((result) => result.lost);
  const figures = {
    cases: shown(results.length),
    deaths: shown(sum(({ deaths }) => deaths)),
    requests: shown(sum(({ requests }) => requests)),
    lost: atMost(lost, 0),
    wrong_endings: atMost(results.filter(({ problems }) => problems.length > 0).length, 0),
    audit_exit_code: atMost(audit.exitCode ?? Number.NaN, 0),
  };
  return { result: conclude({ bench: "kill", figures, peers: {}, floor: {} }), details: { extents, results } };
});

/** How much a deployment and the way back write and take. Both slots are used then. */
async function measureExtents(stage: CrashStage, { checkout, stateHome }: SluicePeer): Promise<Extents> {
  const journal = join(stateHome, "journal.ndjson");
  const records = async () => (await readFile(journal, "utf8")).split("\n").length - 1;
  const extentOf = async (...args: readonly string[]) => {
    const before = await records();
    const { exitCode, ms, stdout } = await runSluice(stage, [...args, "--yes"]);
    if (exitCode !== 0) throw new Error(`${args.join(" ")} ended with ${exitCode}: ${stdout.slice(-500)}`);
    return { records: (await records()) - before, ms };
  };
  await checkout.release("v2");
  const deploy = await extentOf("deploy", "--release", "v2");
  return { deploy, rollback: await extentOf("rollback") };
}
