// Kill it at any moment: SIGKILL at every boundary of every step and at random moments, of a deployment, of the way back
// and of the command that takes up what was left. `--quick`: a sample that is the same for the same seed.
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { allCases, type Extents, nameOf, sampleOf } from "./kill/cases.ts";
import { networksOf } from "./kill/left-behind.ts";
import { type KillResult, runCase } from "./kill/run-case.ts";
import { prepare } from "./peers/prepare-peer.ts";
import { createSluicePeer } from "./peers/sluice.ts";
import { atMost, conclude, shown } from "./result.ts";
import { runBench } from "./run-bench.ts";
import { runSluice, type Stage } from "./run-sluice.ts";
import type { Session } from "./session.ts";

const { values } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    count: { type: "string", default: "15" },
    seed: { type: "string", default: "1" },
  },
});
const seed = Number(values.seed);

await runBench(async (session) => {
  const peer = await prepare(session, "kill", { startUpMs: 300, drainMs: 1_000 }, createSluicePeer);
  const scratch = join(session.directory, "scratch");
  await mkdir(scratch);
  const { extents, networks, version } = await measureExtents(session, { peer, scratch });
  const all = allCases(extents, seed);
  const cases = values.quick ? sampleOf(all, Number(values.count), seed) : all;
  const results: KillResult[] = [];
  let next = version;
  for (const [index, one] of cases.entries()) {
    session.signal.throwIfAborted();
    const release = `v${++next}`;
    await peer.checkout.release(release);
    const result = await runCase({ peer, scratch, networks }, one, release, seed + index);
    results.push(result);
    const verdict = result.problems.length > 0 ? `FAILED: ${result.problems.join("; ")}` : "ok";
    session.say(`${index + 1}/${cases.length} ${nameOf(one)}: lost ${result.lost} of ${result.requests}, ${verdict}`);
  }
  const audit = await runSluice({ peer, scratch }, ["audit", "verify"]);
  const sum = (of: (result: KillResult) => number) => results.reduce((total, result) => total + of(result), 0);
  const figures = {
    cases: shown(results.length),
    deaths: shown(sum(({ deaths }) => deaths)),
    requests: shown(sum(({ requests }) => requests)),
    lost: atMost(
      sum(({ lost }) => lost),
      0,
    ),
    wrong_endings: atMost(results.filter(({ problems }) => problems.length > 0).length, 0),
    audit_exit_code: atMost(audit.exitCode ?? Number.NaN, 0),
  };
  return { result: conclude({ bench: "kill", figures, peers: {}, floor: {} }), details: { extents, results } };
});

/** How much a deployment and the way back write and take, and what good ones leave. Both slots are used then. */
async function measureExtents(session: Session, stage: Omit<Stage, "networks">) {
  const { peer } = stage;
  const journal = join(peer.stateHome, "journal.ndjson");
  const records = async () => (await readFile(journal, "utf8")).split("\n").length - 1;
  const extentOf = async (...args: [string, ...string[]]) => {
    const before = await records();
    const { exitCode, ms, stdout } = await runSluice(stage, [...args, "--yes"]);
    if (exitCode !== 0) throw new Error(`${args.join(" ")} ended with ${exitCode}: ${stdout.slice(-500)}`);
    return { records: (await records()) - before, ms };
  };
  await peer.checkout.release("v2");
  const deploy = await extentOf("deploy", "--release", "v2");
  const rollback = await extentOf("rollback");
  const extents: Extents = { deploy, rollback };
  session.say(`a deployment writes ${deploy.records} records, the way back ${rollback.records}`);
  return { extents, networks: await networksOf(peer.checkout.stack), version: 2 };
}
