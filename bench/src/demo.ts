import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Checkout, createCheckout, repository } from "./checkout.ts";
import { nowMs } from "./clock.ts";
import { type DemoFacts, demoMisses } from "./demo-limits.ts";
import { removeByPrefix } from "./docker.ts";
import { countFlips } from "./load/flips.ts";
import { shopLoad } from "./load/profile.ts";
import { startLoad } from "./load/start-load.ts";
import { measure } from "./measure.ts";
import { readOptions } from "./options.ts";
import { untilAnswers } from "./until-answers.ts";

// The main job, for real: a published release goes v1 -> v2 under load, comes back, and a version that answers one route
// with errors behind a green health check is refused. The last line is a JSON object.

const values = readOptions({
  command: "bin/demo",
  purpose: "The main job on the example shop, for real.",
  options: {
    keep: { type: "flag", says: "leave the stack running to look at" },
  },
});
const stack = `sluice-demo-${process.pid}`;
const directory = await mkdtemp(join(tmpdir(), "sluice-demo-"));
const project = join(directory, "shop");
const sluice = join(repository, "bin/sluice");
const common = ["-p", stack, "--state-home", join(directory, "home")];

const say = (text: string) => process.stdout.write(`\n\u25b8 ${text}\n`);

/** What GitHub puts into the file that GITHUB_EVENT_PATH names when a release is published. */
async function publish(checkout: Checkout, tag: string, mode = "good"): Promise<string> {
  await checkout.release(tag, mode);
  const path = join(directory, `event-${tag}.json`);
  const release = {
    tag_name: tag,
    name: tag,
    draft: false,
    prerelease: false,
    html_url: `https://example.invalid/${tag}`,
  };
  await writeFile(path, JSON.stringify({ action: "published", release, sender: { login: "demo" } }));
  return path;
}

async function runSluice(args: readonly string[], eventPath?: string): Promise<{ exitCode: number; wallMs: number }> {
  say(`sluice ${args[0]}${eventPath ? "   (a release was published)" : ""}`);
  const env = eventPath ? { GITHUB_EVENT_PATH: eventPath } : {};
  const onOutput = (chunk: string) => void process.stdout.write(chunk);
  const {
    exitCode = -1,
    wallMs,
    stderr,
  } = await measure([sluice, ...args, ...common, "--plain", "--yes"], { cwd: project, env, onOutput });
  if (stderr) process.stdout.write(stderr);
  return { exitCode, wallMs: Math.round(wallMs) };
}

function expectExit(what: string, wanted: number, { exitCode }: { exitCode: number }): void {
  if (exitCode !== wanted) throw new Error(`${what} ended with exit code ${exitCode}, expected ${wanted}`);
}

async function demo(): Promise<DemoFacts & Readonly<Record<string, unknown>>> {
  const beganAt = nowMs();
  const checkout = await createCheckout({ directory: project, stack, startUpMs: 2_000 });
  const first = await runSluice(["deploy"], await publish(checkout, "v1"));
  expectExit("the first deployment", 0, first);
  await untilAnswers(checkout.url);

  say("100 requests/s of 40 clients begin, with orders, slow requests, long polls and WebSockets");
  await using load = await startLoad(shopLoad(checkout.url));
  load.mark("deploy v2");
  const deploy = await runSluice(["deploy"], await publish(checkout, "v2"));
  expectExit("the deployment of v2", 0, deploy);
  const rollbackAt = nowMs();
  load.mark("rollback", rollbackAt);
  const rollback = await runSluice(["rollback"]);
  expectExit("the rollback", 0, rollback);
  load.mark("deploy v3");
  const bad = await runSluice(["deploy"], await publish(checkout, "v3", "errroute"));
  expectExit("the deployment of a bad version", 20, bad);
  await runSluice(["status"]);
  await runSluice(["history"]);

  const result = await load.stop();
  const runMs = Math.round(nowMs() - beganAt);
  const untilRollback = result.answers.filter(({ sentAt }) => sentAt < rollbackAt);
  const lastVersion = result.answers.toSorted((a, b) => b.endedAt - a.endedAt).find(({ version }) => version)?.version;
  for (const { kind, path, detail, sentAt } of result.failures.slice(0, 20)) {
    const phase = result.phases.findLast(({ from }) => from <= sentAt);
    const after = ((sentAt - (phase?.from ?? result.startedAt)) / 1_000).toFixed(1);
    say(`lost: ${kind} ${path} ${detail}, ${after} s into ${phase?.name ?? "the load"}`);
  }
  return {
    requests: result.requests,
    lost: result.failed,
    flips: countFlips(untilRollback, "v1", "v2").back.length,
    versions: result.versions.map(({ version }) => version),
    serving: lastVersion,
    orders: result.ledger.acknowledged.length,
    deployMs: deploy.wallMs,
    rollbackMs: rollback.wallMs,
    refused: bad.exitCode,
    runMs,
  };
}

let failure: unknown;
let summary: (DemoFacts & Readonly<Record<string, unknown>>) | undefined;
try {
  summary = await demo();
} catch (error) {
  failure = error;
} finally {
  if (!values.keep) {
    await removeByPrefix(stack);
    await removeByPrefix(`sluice/${stack}`);
    await rm(directory, { recursive: true, force: true });
  }
}
if (!summary) {
  process.stderr.write(`${failure instanceof Error ? failure.message : "the demo failed"}\n`);
  process.exitCode = 1;
} else {
  const misses = demoMisses(summary);
  for (const miss of misses) say(`missed: ${miss}`);
  process.stdout.write(`\n${JSON.stringify({ ...summary, misses })}\n`);
  process.exitCode = misses.length === 0 ? 0 : 1;
}
