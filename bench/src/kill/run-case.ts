import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { repository } from "../checkout.ts";
import { nowMs } from "../clock.ts";
import { shopLoad } from "../load/profile.ts";
import { startLoad } from "../load/start-load.ts";
import type { SluicePeer } from "../peers/sluice.ts";
import { type KillCase, nameOf } from "./cases.ts";
import { leftBehind, statusOf } from "./left-behind.ts";

const preload = join(repository, "packages/testing/src/faults/kill-at-record.ts");

export interface Ended {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly ms: number;
}

export interface KillResult {
  readonly name: string;
  /** Commands that died; fewer than wanted where one had ended before. */
  readonly deaths: number;
  readonly requests: number;
  readonly lost: number;
  /** What is wrong afterwards, in words. */
  readonly problems: readonly string[];
}

export interface Stage {
  readonly peer: SluicePeer;
  /** Networks that good deployments have left. */
  readonly networks: readonly string[];
  /** For temporary files of all commands. */
  readonly scratch: string;
}

/** Runs a command of Sluice to its end, with variables of its own. */
export async function runSluice(
  { peer, scratch }: Omit<Stage, "networks">,
  args: readonly [string, ...string[]],
  env: Readonly<Record<string, string>> = {},
  onStart: (child: ChildProcess) => void = () => {},
): Promise<Ended> {
  const [verb, ...rest] = args;
  const [file = "", first = "", ...options] = peer.command(verb);
  const command = [first, ...rest, ...options, "--json"];
  const startedMs = performance.now();
  const child = spawn(file, command, {
    cwd: peer.checkout.directory,
    env: { ...process.env, SHOP_PORT: undefined, TMPDIR: scratch, ...env },
    stdio: ["ignore", "pipe", "ignore"],
  });
  onStart(child);
  const [stdout, [exitCode, signal]] = await Promise.all([
    text(child.stdout),
    once(child, "exit") as Promise<[number | null, NodeJS.Signals | null]>,
  ]);
  return { exitCode, signal, stdout, ms: performance.now() - startedMs };
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
    const killSoon = (child: ChildProcess) => {
      if (death.at === "moment") void sleep(death.afterMs).then(() => child.kill("SIGKILL"));
    };
    const ended = await runSluice(stage, verb === "resume" ? ["resume"] : [...args], env, killSoon);
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
  if (next === "resume" && last["outcome"] === "interrupted") return [];
  if (next === "abort" && last["outcome"] === "interrupted") return [];
  if (next !== "deploy" && ended.stdout.includes('"RECOVERY_REFUSED"'))
    return goOn(stage, next === "abort" ? "resume" : "abort", release);
  return [
    `${next} ended with ${ended.exitCode ?? ended.signal}: ${String(last["reason"] ?? ended.stdout.slice(-300))}`,
  ];
}

function lastEvent({ stdout }: Ended): Readonly<Record<string, unknown>> {
  const line = stdout.trimEnd().split("\n").at(-1) ?? "";
  return line.startsWith("{") ? (JSON.parse(line) as Record<string, unknown>) : {};
}

async function servingTag(peer: SluicePeer): Promise<string> {
  return (await statusOf(peer)).serving?.tag ?? "nothing";
}

/** Versions that answer new users. */
export async function versionsSeen(url: string, count = 30): Promise<readonly string[]> {
  const seen = new Set<string>();
  for (let index = 0; index < count; index++) {
    const answer = await fetch(`${url}/version`, { headers: { connection: "close" } }).catch(() => undefined);
    seen.add(answer?.headers.get("x-version") ?? `status ${answer?.status ?? "none"}`);
  }
  return [...seen].toSorted();
}
