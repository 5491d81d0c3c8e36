import type { ChildProcess } from "node:child_process";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { repository } from "../checkout.ts";
import { nowMs } from "../clock.ts";
import { shopLoad } from "../load/profile.ts";
import { startLoad } from "../load/start-load.ts";
import { lastEvent, runSluice, type Stage, servingTag, versionsSeen } from "../run-sluice.ts";
import { type KillCase, nameOf } from "./cases.ts";
import { leftBehind, statusOf } from "./left-behind.ts";

const preload = join(repository, "packages/testing/src/faults/kill-at-record.ts");

export interface KillResult {
  readonly name: string;
  /** Commands that died; fewer than wanted where one had ended before. */
  readonly deaths: number;
  readonly requests: number;
  readonly lost: number;
  /** What is wrong afterwards, in words. */
  readonly problems: readonly string[];
}

/** Kills, goes on as a person would, and looks at what is there then, all under load. */
export async function runCase(stage: Stage, one: KillCase, release: string, seed: number): Promise<KillResult> {
  const { peer } = stage;
  const problems: string[] = [];
  const before = await servingTag(peer);
  // Paths without the database: what that does on a busy machine is not the matter here.
  const profile = {
    paths: ["/version"],
    orderShare: 0,
    clients: 10,
    ratePerSecond: 20,
    slow: [],
    polls: { path: "/poll", clients: 0 },
    sockets: { path: "/ws", clients: 0 },
  };
  await using load = await startLoad(shopLoad(peer.url, { ...profile, seed, keepAlive: seed % 2 === 0 }));
  let deaths = 0;
  const moments: { readonly what: string; readonly at: number }[] = [];
  const mark = (what: string) => moments.push({ what, at: nowMs() });
  for (const { verb, death } of one.killed) {
    const args = verb === "deploy" ? (["deploy", "--release", release, "--yes"] as const) : ([verb, "--yes"] as const);
    const env =
      death.at === "record"
        ? { NODE_OPTIONS: `--import=${preload}`, SLUICE_TEST_KILL_AT: `${death.moment}:${death.record}` }
        : {};
    const onStart = (child: ChildProcess) => {
      if (death.at === "moment") void sleep(death.afterMs).then(() => child.kill("SIGKILL"));
    };
    const ended = await runSluice(stage, verb === "resume" ? ["resume"] : [...args], env, { onStart });
    if (ended.signal === "SIGKILL") deaths++;
    mark(`the end of ${verb} by ${ended.signal ?? ended.exitCode}`);
  }
  const { lock } = await statusOf(peer);
  if (lock) problems.push("the lock is held by a process that is dead");
  problems.push(...(await goOn(stage, one.next, release)));
  mark(`the end of ${one.next}`);
  problems.push(...(await leftBehind(peer, stage.networks, stage.scratch)));
  const serving = await servingTag(peer);
  const expected =
    one.next === "deploy" ? [release] : [release, before, ...(one.killed[0]?.verb === "rollback" ? [serving] : [])];
  if (!expected.includes(serving)) problems.push(`${serving} serves`);
  const seen = await versionsSeen(peer.url);
  if (seen.join() !== serving) problems.push(`users see ${seen.join(", ")}, and ${serving} should serve`);
  const { requests, failed, failures } = await load.stop();
  const sinceLast = (at: number) => {
    const last = moments.findLast((moment) => moment.at <= at);
    return last ? `${Math.round(at - last.at)} ms after ${last.what}` : "before anything ended";
  };
  problems.push(
    ...failures.slice(0, 3).map(({ detail, path, sentAt }) => `lost: ${detail} ${path} ${sinceLast(sentAt)}`),
  );
  return { name: nameOf(one), deaths, requests, lost: failed, problems };
}

/** The next command must end well. `abort` may find that only finishing is possible, and says so; `resume` may undo. */
async function goOn(stage: Stage, next: KillCase["next"], release: string): Promise<string[]> {
  const deploy = ["deploy", "--release", release, "--yes"] as const;
  const ended = await runSluice(stage, next === "deploy" ? [...deploy] : [next]);
  const last = lastEvent(ended);
  if (ended.exitCode === 0) return [];
  if (next === "resume" && last.outcome === "interrupted") return [];
  if (next === "abort" && last.outcome === "interrupted") return [];
  if (next !== "deploy" && ended.stdout.includes('"RECOVERY_REFUSED"'))
    return goOn(stage, next === "abort" ? "resume" : "abort", release);
  return [`${next} ended with ${ended.exitCode ?? ended.signal}: ${last.reason ?? ended.stdout.slice(-300)}`];
}
