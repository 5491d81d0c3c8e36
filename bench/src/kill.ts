// Kill it at any moment: SIGKILL at every boundary of every step and at random moments, SIGTERM and SIGINT at every record,
// of a deployment, of the way back and of the commands that take up what was left. `--quick`: a sample that is the same
// for the same seed. `--database`: with a backup, a rehearsal, a new migration, orders, and people and GitHub who are told.
import { allCases, type CrashStage, nameOf, networksOf, runSluice, sampleOf } from "@sluice/testing/faults";
import { type FakeGithub, startFakeGithub } from "@sluice/testing/github";
import type { Checkout } from "./checkout.ts";
import { crashStageOf } from "./crash-stage.ts";
import { Kept } from "./kept.ts";
import { killFigures } from "./kill/figures.ts";
import { isFailed, namesToTry, resultsOf } from "./kill/kept-results.ts";
import { carefulConfig, harmlessMigration, killConfig } from "./kill/kill-config.ts";
import { openListener } from "./kill/listener.ts";
import { measureExtents } from "./kill/measure-extents.ts";
import { type KillResult, observeKill } from "./kill/observe-kill.ts";
import { partOf } from "./kill/part.ts";
import { run } from "./measure.ts";
import { readOptions, UsageError } from "./options.ts";
import { prepare } from "./peers/prepare-peer.ts";
import { createSluicePeer } from "./peers/sluice.ts";
import { atMost, conclude, type Figures, shown } from "./result.ts";
import { runBench } from "./run-bench.ts";

const values = readOptions({
  command: "bin/bench kill",
  purpose: "Kills commands at any moment, goes on as a person would, and looks at what is lost and left.",
  options: {
    quick: { type: "flag", says: "a sample" },
    count: { type: "number", default: 15, says: "with --quick: cases of the sample" },
    database: {
      type: "flag",
      says: "with a backup, a rehearsal, a migration, orders, and people and GitHub who are told",
    },
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
  await using github = values.database ? await startFakeGithub() : undefined;
  const config = killConfig(drainMs) + (values.database ? carefulConfig(listener.url) : "");
  const files = (tag: string) => ({ "sluice.yaml": config, ...(values.database ? harmlessMigration(tag) : {}) });
  const peer = await prepare(session, "kill", { startUpMs: 300, drainMs }, createSluicePeer, files);
  const bare = await crashStageOf(session, peer);
  const stage = { ...bare, env: { ...bare.env, ...(github ? githubVariables(github) : {}) } };
  const publish = async (tag: string) => {
    await peer.checkout.release(tag);
    github?.commit(await commitOf(peer.checkout), ["main", tag]);
  };
  github?.commit(await commitOf(peer.checkout), ["main", "v1"]);
  const extents = await measureExtents(stage, { ...peer, publish }, kept);
  session.say(`a deployment writes ${extents.deploy.records} records, the way back ${extents.rollback.records}`);
  const settled: CrashStage = { ...stage, networks: await networksOf(stage) };
  const all = allCases(extents, seed).filter((one) => nameOf(one).includes(values.only));
  if (all.length === 0) throw new UsageError(`--only ${values.only}: no case has that in its name`);
  const cases = partOf(values.quick ? sampleOf(all, values.count, seed) : all, values.part, seed);
  const names = cases.map(nameOf);
  const open = namesToTry(names, kept).flatMap((name) => cases.find((one) => nameOf(one) === name) ?? []);
  let tried = 0;
  for (const one of open) {
    session.signal.throwIfAborted();
    if (isOver()) break;
    const release = `v${++tried + 2}`;
    await publish(release);
    const result = await observeKill(settled, one, { release, seed: seed + tried, github });
    await kept.add(result.name, result);
    const verdict = isFailed(result) ? `FAILED: ${result.problems.join("; ")}` : "ok";
    session.say(`${tried}/${open.length} ${result.name}: lost ${result.lost} of ${result.requests}, ${verdict}`);
  }
  const audit = await runSluice(settled, ["audit", "verify"]);
  const results = resultsOf(names, kept);
  const failed = results.filter(isFailed);
  for (const { name, problems } of failed) session.say(`still FAILED: ${name}: ${problems.join("; ")}`);
  const figures = {
    ...killFigures({
      results,
      wanted: cases.length,
      kinds: [...(values.database ? ["backup", "rehearse", "job"] : []), "shift", "bake"],
      isAll: !values.quick && values.only === "" && values.part === "1/1",
      auditExitCode: audit.exitCode,
    }),
    told: shown(listener.count()),
    ...(github ? careful(results, github) : {}),
  };
  return { result: conclude({ bench: "kill", figures, peers: {}, floor: {} }), details: { extents, results } };
});

function careful(results: readonly KillResult[], { state, problems }: FakeGithub): Figures {
  const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);
  return {
    orders: shown(sum(results.map(({ orders = 0 }) => orders))),
    orders_wrong: atMost(sum(results.map(({ ordersWrong = 0 }) => ordersWrong)), 0),
    github_statuses: shown(sum(state.deployments.map(({ statuses }) => statuses.length))),
    github_calls_not_described: atMost(problems.length, 0),
  };
}

function commitOf({ directory }: Checkout): Promise<string> {
  return run(["git", "-C", directory, "rev-parse", "HEAD"]);
}

/** What a job of a workflow has of GitHub, each of its processes. */
function githubVariables({ token, repository, url }: FakeGithub) {
  return {
    GITHUB_TOKEN: token,
    GITHUB_REPOSITORY: repository,
    GITHUB_API_URL: url,
    GITHUB_SERVER_URL: "https://github.example",
    GITHUB_RUN_ID: "7",
    GITHUB_ACTOR: "octocat",
  };
}
