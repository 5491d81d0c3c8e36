import type { ChildProcess } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { begunRollback } from "./begun-rollback.ts";
import { type CrashStage, lastWord, reasonOf, runSluice, statusOf, versionsSeen } from "./crash-stage.ts";
import type { Death, KillCase } from "./kill-cases.ts";
import { leftBehind } from "./left-behind.ts";
import { orderlyStop, unheeded } from "./orderly-stop.ts";
import { stepOfDeath } from "./step-of-death.ts";

/** Works from the sources and from what is built: Node reads its types away. */
const preload = join(import.meta.dirname, "../../src/faults/kill-at-record.ts");

export interface KillOutcome {
  /** Commands that the signal ended; fewer than wanted where one had ended before. */
  readonly deaths: number;
  /** Of those by SIGKILL: the kinds of the steps that it came in, such as `bake`, or `after backup` between two. */
  readonly diedIn: readonly string[];
  /** Of those that were asked to stop at a record: from the signal to the end, milliseconds. */
  readonly stopMs: readonly number[];
  /** What is wrong afterwards, in words. */
  readonly problems: readonly string[];
}

/**
 * Ends commands by signals, goes on as a person would, and looks at what is there then.
 *
 * @param release the tag that is checked out, to be deployed
 * @param mark is told the moments that help to read what users saw meanwhile
 */
export async function playKill(
  stage: CrashStage,
  one: KillCase,
  release: string,
  mark: (what: string) => void = () => {},
): Promise<KillOutcome> {
  const problems: string[] = [];
  const { serving } = await statusOf(stage);
  const before = serving?.tag ?? "nothing";
  const journal = () => readFile(join(stage.stateHome, "journal.ndjson"), "utf8");
  const writtenBefore = (await journal()).length;
  let deaths = 0;
  const diedIn: string[] = [];
  const stopMs: number[] = [];
  for (const [index, { verb, death }] of one.killed.entries()) {
    const from = (await journal()).length;
    const ended = await runToDeath(stage, verb === "deploy" ? deployArgs(release) : [verb, "--yes"], death);
    const endedAtMs = Date.now();
    // After one way back there may be none further, and what has nothing to do dies of nothing: first there is one again.
    if (before !== release && ended.stdout.includes('"NOTHING_TO_ROLL_BACK"')) {
      const wrong = await goOn(stage, "deploy", release);
      return wrong.length > 0 ? { deaths, diedIn, stopMs, problems: wrong } : playKill(stage, one, release, mark);
    }
    if (ended.signal === "SIGKILL") diedIn.push(stepOfDeath(await journal()));
    const { signal = "SIGKILL" } = death;
    const isDead = ended.signal === signal || ended.exitCode === interrupted;
    if (isDead) deaths++;
    if (death.at === "record" && signal !== "SIGKILL") {
      const stop = orderlyStop(await journal(), from, death.record);
      if (stop) {
        const ms = endedAtMs - stop.askedAtMs;
        stopMs.push(ms);
        problems.push(...unheeded(stop, ended, isDead, ms).map((what) => `${verb}: ${what}`));
      }
    }
    // The first one writes all records of its kind; of what is left to do later there may be fewer.
    if (index === 0 && death.at === "record" && !isDead && (signal === "SIGKILL" || stopMs.length === 0))
      problems.push(`${verb} was not killed: it ended with ${ended.exitCode}: ${reasonOf(ended)}`);
    mark(`the end of ${verb} by ${ended.signal ?? ended.exitCode}`);
  }
  if ((await statusOf(stage)).lock) problems.push("the lock is held by a process that is dead");
  problems.push(...(await goOn(stage, one.next, release)));
  mark(`the end of ${one.next}`);
  problems.push(...(await leftBehind(stage)));
  const now = (await statusOf(stage)).serving?.tag ?? "nothing";
  const isBack = one.killed[0]?.verb === "rollback";
  const goal = isBack ? begunRollback(await journal(), writtenBefore) : release;
  const expected = one.next === "deploy" ? [release] : [before, goal ?? before];
  if (!expected.includes(now)) problems.push(`${now} serves instead of ${expected.join(" or ")}`);
  const seen = await versionsSeen(stage.url);
  if (seen.join() !== now) problems.push(`users see ${seen.join(", ")}, and ${now} should serve`);
  return { deaths, diedIn, stopMs, problems };
}

const interrupted = 130;

const deployArgs = (release: string): readonly string[] => ["deploy", "--release", release, "--yes"];

function runToDeath(stage: CrashStage, args: readonly string[], death: Death) {
  const { signal = "SIGKILL" } = death;
  if (death.at === "record") {
    const at = `${death.moment}:${death.record}:${signal}`;
    return runSluice(stage, args, { env: { NODE_OPTIONS: `--import=${preload}`, SLUICE_TEST_KILL_AT: at } });
  }
  const onStart = (child: ChildProcess) => void sleep(death.afterMs).then(() => child.kill(signal));
  return runSluice(stage, args, { onStart });
}

/** The next command must end well. `abort` may find that only finishing is possible, and says so; `resume` may undo. */
async function goOn(stage: CrashStage, next: KillCase["next"], release: string): Promise<string[]> {
  const ended = await runSluice(stage, next === "deploy" ? deployArgs(release) : [next, "--yes"]);
  if (ended.exitCode === 0) return [];
  if (next !== "deploy" && lastWord(ended).outcome === "interrupted") return [];
  if (next !== "deploy" && ended.stdout.includes('"RECOVERY_REFUSED"'))
    return goOn(stage, next === "abort" ? "resume" : "abort", release);
  return [`${next} ended with ${ended.exitCode ?? ended.signal}: ${reasonOf(ended)}`];
}
