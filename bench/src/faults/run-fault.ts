import { setTimeout as sleep } from "node:timers/promises";
import { leftBehind } from "../kill/left-behind.ts";
import { type Ended, lastEvent, runSluice, type Stage, servingTag, versionsSeen } from "../run-sluice.ts";
import type { Fault } from "./faults.ts";

export interface FaultResult {
  readonly name: string;
  readonly exitCode: number | null;
  readonly outcome: string;
  readonly problems: readonly string[];
}

/** How long users may wait for a version after the command has ended. */
const settleMs = 20_000;

/** A deployment with a fault in it, what it says of its ending, and whether the next one is as if nothing had been. */
export async function runFault(stage: Stage, fault: Fault, release: string): Promise<FaultResult> {
  const { peer } = stage;
  const before = await servingTag(peer);
  const problems: string[] = [];
  let injected: Promise<void> | undefined;
  const onLine = (line: string) => {
    const isThere = line.includes('"step-start"') && line.includes(`"kind":"${fault.at}"`);
    if (isThere) injected ??= fault.inject(peer, release);
  };
  const deploy = ["deploy", "--release", release, "--yes", "--retry"] as const;
  const ended = await runSluice(stage, [...deploy], {}, { onLine });
  if (!injected) problems.push(`there was no step ${fault.at}`);
  await injected;
  await fault.heal?.(peer);
  problems.push(...(await untrue(ended, peer.url, before, release)));
  const again = await runSluice(stage, [...deploy]);
  if (again.exitCode !== 0) problems.push(`the next deployment ended with ${again.exitCode}: ${reasonOf(again)}`);
  problems.push(...(await leftBehind(peer, stage.networks, stage.scratch)));
  const seen = await versionsSeen(peer.url);
  if (seen.join() !== release) problems.push(`users see ${seen.join(", ")} instead of ${release}`);
  const audit = await runSluice(stage, ["audit", "verify"]);
  if (audit.exitCode !== 0) problems.push(`audit verify ended with ${audit.exitCode}`);
  return { name: fault.name, exitCode: ended.exitCode, outcome: lastEvent(ended).outcome ?? "no last word", problems };
}

/** What is not true of how a deployment says it ended. */
async function untrue(ended: Ended, url: string, before: string, release: string): Promise<string[]> {
  const end = lastEvent(ended);
  const said: string[] = [];
  if (end.type !== "deployment-end") return [`it ended with ${ended.exitCode} and without a last word`];
  if (end.exitCode !== ended.exitCode) said.push(`it said exit code ${end.exitCode} and ended with ${ended.exitCode}`);
  const isLive = ended.exitCode === 0;
  const serving = end.serving?.tag;
  if (isLive && serving !== release) said.push(`it said that it is live, and that ${serving} serves`);
  if (!isLive && reasonOf(ended) === "") said.push("it gave no reason");
  const expected = serving ?? (isLive ? release : before);
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

function reasonOf(ended: Ended): string {
  const { reason } = lastEvent(ended);
  return reason ?? "";
}
