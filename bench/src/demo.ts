import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Checkout, createCheckout, repository } from "./checkout.ts";
import { nowMs } from "./clock.ts";
import { type DemoFacts, demoMisses } from "./demo-limits.ts";
import { countFlips } from "./load/flips.ts";
import { shopLoad } from "./load/profile.ts";
import { startLoad } from "./load/start-load.ts";
import { measure } from "./measure.ts";
import { readOptions } from "./options.ts";
import { exitCodeOf } from "./run-bench.ts";
import { inSession, type Session } from "./session.ts";
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
const sluice = join(repository, "bin/sluice");

const say = (text: string) => process.stdout.write(`\n\u25b8 ${text}\n`);

/** Makes a release, and what GitHub puts into the file that GITHUB_EVENT_PATH names when one is published. */
async function publish({ directory }: Session, checkout: Checkout, tag: string, mode = "good"): Promise<string> {
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

interface Command {
  readonly exitCode: number;
  readonly wallMs: number;
}

/** @param eventPath of the release that was published, where one was */
async function runSluice(session: Session, checkout: Checkout, verb: string, eventPath?: string): Promise<Command> {
  session.signal.throwIfAborted();
  say(`sluice ${verb}${eventPath ? "   (a release was published)" : ""}`);
  const command = [sluice, verb, "-p", checkout.stack, "--state-home", join(session.directory, "home")];
  const env = eventPath ? { GITHUB_EVENT_NAME: "release", GITHUB_EVENT_PATH: eventPath } : {};
  const onOutput = (chunk: string) => void process.stdout.write(chunk);
  const {
    exitCode = -1,
    wallMs,
    stderr,
  } = await measure([...command, "--plain", "--yes"], {
    cwd: checkout.directory,
    env,
    onOutput,
    signal: session.signal,
  });
  if (stderr) process.stdout.write(stderr);
  return { exitCode, wallMs: Math.round(wallMs) };
}

function expectExit(what: string, wanted: number, { exitCode }: Command): void {
  if (exitCode !== wanted) throw new Error(`${what} ended with exit code ${exitCode}, expected ${wanted}`);
}

async function demo(session: Session): Promise<DemoFacts & Readonly<Record<string, unknown>>> {
  const beganAt = nowMs();
  const { prefix, signal } = session;
  const directory = join(session.directory, "shop");
  const checkout = await createCheckout({ directory, stack: `${prefix}shop`, startUpMs: 2_000 });
  const deploys = async (tag: string, mode?: string) =>
    runSluice(session, checkout, "deploy", await publish(session, checkout, tag, mode));
  expectExit("the first deployment", 0, await deploys("v1"));
  await untilAnswers(checkout.url, { signal });

  say("100 requests/s of 40 clients begin, with orders, slow requests, long polls and WebSockets");
  await using load = await startLoad(shopLoad(checkout.url));
  load.mark("deploy v2");
  const deploy = await deploys("v2");
  expectExit("the deployment of v2", 0, deploy);
  const rollbackAt = nowMs();
  load.mark("rollback", rollbackAt);
  const rollback = await runSluice(session, checkout, "rollback");
  expectExit("the rollback", 0, rollback);
  load.mark("deploy v3");
  const bad = await deploys("v3", "errroute");
  expectExit("the deployment of a bad version", 20, bad);
  await runSluice(session, checkout, "status");
  await runSluice(session, checkout, "history");

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

try {
  const summary = await inSession(demo, { what: "demo", keep: values.keep });
  const misses = demoMisses(summary);
  for (const miss of misses) say(`missed: ${miss}`);
  process.stdout.write(`\n${JSON.stringify({ ...summary, misses })}\n`);
  process.exitCode = misses.length === 0 ? 0 : 1;
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : "the demo failed"}\n`);
  process.exitCode = exitCodeOf(error);
}
