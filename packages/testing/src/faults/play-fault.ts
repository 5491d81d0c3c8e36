import { setTimeout as sleep } from "node:timers/promises";
import { type CrashStage, type Ended, lastWord, reasonOf, runSluice, statusOf, versionsSeen } from "./crash-stage.ts";
import type { Fault } from "./fault.ts";
import { leftBehind } from "./left-behind.ts";

export interface FaultOutcome {
  readonly exitCode: number | null;
  readonly outcome: string;
  /** Empty where it gave none. */
  readonly reason: string;
  /** What is wrong, in words. */
  readonly problems: readonly string[];
}

/** How long users may wait for a version after the command has ended. */
const settleMs = 20_000;

/**
 * A deployment with a fault in it: it ends live or undone, what it says of its ending is true, and when the fault is
 * mended the next one is as if nothing had been.
 *
 * @param release the tag that is checked out, to be deployed
 */
export async function playFault(stage: CrashStage, fault: Fault, release: string): Promise<FaultOutcome> {
  const before = (await statusOf(stage)).serving?.tag ?? "nothing";
  const problems: string[] = [];
  let injected: Promise<string | undefined> | undefined;
  const onLine = (line: string) => {
    if (!line.includes('"step-start"') || !line.includes(`"kind":"${fault.at}"`)) return;
    injected ??= inject(fault, stage, release);
  };
  const deploy = ["deploy", "--release", release, "--yes", "--retry"];
  const env = await fault.arrange?.(stage);
  const ended = await runSluice(stage, deploy, { onLine, ...(env ? { env } : {}) });
  const failure = injected ? await injected : `there was no step ${fault.at}`;
  if (failure !== undefined) problems.push(failure);
  if (fault.isFatal && ended.exitCode === 0) problems.push("it went live in spite of the fault");
  problems.push(...(await untrue(stage, ended, before, release)));
  await fault.heal?.(stage);
  const again = await runSluice(stage, deploy);
  if (again.exitCode !== 0) problems.push(`the next deployment ended with ${again.exitCode}: ${reasonOf(again)}`);
  problems.push(...(await leftBehind(stage)));
  const seen = await versionsSeen(stage.url);
  if (seen.join() !== release) problems.push(`users see ${seen.join(", ")} instead of ${release}`);
  const audit = await runSluice(stage, ["audit", "verify"]);
  if (audit.exitCode !== 0) problems.push(`audit verify ended with ${audit.exitCode}`);
  const { outcome = "no last word", reason = "" } = lastWord(ended);
  return { exitCode: ended.exitCode, outcome, reason, problems };
}

/** Why it could not be made; nothing when it was. */
async function inject(fault: Fault, stage: CrashStage, release: string): Promise<string | undefined> {
  try {
    await fault.inject?.(stage, release);
    return undefined;
  } catch (error) {
    return `the fault could not be made: ${String(error)}`;
  }
}

/** Live, undone before users moved, undone after. A person is needed for none of these faults. */
const endings: readonly (number | null)[] = [0, 20, 21];

/** What is not true of how a deployment says it ended. */
async function untrue({ url }: CrashStage, ended: Ended, before: string, release: string): Promise<string[]> {
  const end = lastWord(ended);
  if (end.type !== "deployment-end")
    return [`it ended with ${ended.exitCode} and without a last word: ${reasonOf(ended)}`];
  const said: string[] = [];
  if (end.exitCode !== ended.exitCode) said.push(`it said exit code ${end.exitCode} and ended with ${ended.exitCode}`);
  if (!endings.includes(ended.exitCode)) said.push(`it ended with ${ended.exitCode}: ${reasonOf(ended)}`);
  if (end.servingUnknown) said.push("it did not say what serves");
  const isLive = ended.exitCode === 0;
  const serving = end.serving?.tag;
  if (serving !== (isLive ? release : before)) said.push(`it ended with ${ended.exitCode} and said ${serving} serves`);
  if (!isLive && (end.reason ?? "") === "") said.push("it gave no reason");
  const expected = serving ?? before;
  if (!(await comesToServe(url, expected)))
    said.push(`${expected} should serve: users see ${(await versionsSeen(url)).join(", ")}`);
  return said;
}

async function comesToServe(url: string, version: string): Promise<boolean> {
  for (const end = performance.now() + settleMs; performance.now() < end; await sleep(500)) {
    if ((await versionsSeen(url, 5)).join() === version) return true;
  }
  return false;
}
