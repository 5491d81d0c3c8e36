import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { percentile } from "../load/percentile.ts";
import { shopLoad } from "../load/profile.ts";
import type { LoadResult } from "../load/result.ts";
import { startLoad } from "../load/start-load.ts";
import { loadNow, waitForQuiet } from "../load-average.ts";
import type { Peer } from "../peers/peer.ts";
import type { SluicePeer } from "../peers/sluice.ts";
import type { Session } from "../session.ts";
import { untilAnswers } from "../until-answers.ts";
import type { BadCase } from "./cases.ts";
import { allHave, type Exposure, endsWith, exposure } from "./exposure.ts";
import { type FoundIn, foundIn } from "./found-in.ts";
import { describeRefusal, type Refusal } from "./refusal.ts";

/** What users met when a bad version was deployed. */
export interface BadRun extends Exposure {
  readonly peer: string;
  readonly mode: string;
  readonly exitCode: number;
  /** Load average when it began: on a machine that is too busy requests are lost to it too. */
  readonly machineLoad: number;
  /** How late the load generator itself was in sending at worst, milliseconds: what it loses while it gets no processor says nothing. */
  readonly latenessMs: number;
  /**
   * The version before serves in the end: it answers a new visitor, and the last request of the load. Of Sluice, whose
   * command promises it, all that were sent after the command's end.
   */
  readonly isBack: boolean;
  /** 95th percentiles of what requests took with each version while both were asked, milliseconds; NaN of none. Not in runs that older versions kept. */
  readonly p95Ms?: { readonly good: number; readonly bad: number };
  /** Where Sluice found it. Not known of others, nor of runs that older versions kept. */
  readonly foundIn?: FoundIn;
  /** How the port was in the end, where connections to this machine were refused. */
  readonly refusal?: Refusal;
}

export interface BadOptions {
  readonly good: string;
  readonly bad: string;
  readonly badCase: BadCase;
  readonly ratePerSecond: number;
  /** How long to wait for a quiet machine, milliseconds. */
  readonly quietMs: number;
  /** How long users are watched after the command has ended. */
  readonly afterMs: number;
}

/** Enough clients that 5 % of them are some. */
const clients = 400;

/** Deploys a bad version under load, whatever the command says of it. */
export async function observeBadRelease(session: Session, peer: Peer, options: BadOptions): Promise<BadRun> {
  const { good, bad, badCase, ratePerSecond, quietMs, afterMs } = options;
  const { signal } = session;
  await untilAnswers(peer.url, { version: good, signal });
  await waitForQuiet({ timeoutMs: quietMs, signal });
  const machineLoad = loadNow();
  // Only what may be asked again: an order in flight when a process dies is nobody's to repeat.
  const idempotent = {
    // All of them are what a version that errs in 20 % errs in.
    paths: ["/", "/products", "/api/products"],
    orderShare: 0,
    slow: [],
    polls: { path: "/poll", clients: 0 },
    sockets: { path: "/ws", clients: 0 },
  };
  const profile = { ...idempotent, clients, ratePerSecond, timeoutMs: 10_000, maxDurationMs: 600_000 };
  await using load = await startLoad(shopLoad(peer.url, profile));
  await sleep(5_000, undefined, { signal });
  await peer.checkout.release(bad, badCase.mode, badCase.baseMs);
  const { exitCode = -1, startedAt, endedAt } = await peer.deploy(signal);
  await sleep(afterMs, undefined, { signal });
  const result = await load.stop();
  const run = {
    peer: peer.name,
    mode: badCase.mode,
    exitCode,
    machineLoad,
    latenessMs: result.latenessMs.max,
    ...exposure(result, bad, startedAt),
    p95Ms: p95sOf(result, good, bad),
    ...(isSluice(peer) ? await foundBy(peer, bad) : {}),
  };
  const isBack = await untilAnswers(peer.url, { version: good, timeoutMs: 2_000, signal }).then(
    () => true,
    () => false,
  );
  const { lost, lostInAll, met, exposedS, foundIn: found } = run;
  const { stack, port, url } = peer.checkout;
  const isHere = peer.url === url;
  const refusal = isHere && run.kinds.refused > 0 ? { refusal: await describeRefusal(stack, port) } : {};
  session.say(
    `${peer.name}, ${badCase.what}: exit ${exitCode}, lost ${lost}${lostInAll > lost ? ` (${lostInAll} in all)` : ""}, met ${met} in ${exposedS.toFixed(1)} s${found ? `, found in ${found.step} at ${found.share} %` : ""}, load average ${machineLoad.toFixed(1)}, sent up to ${(run.latenessMs / 1_000).toFixed(1)} s late`,
  );
  const isLeft = isSluice(peer) ? allHave(result, good, endedAt) : endsWith(result, good);
  return { ...run, ...refusal, isBack: isBack && isLeft };
}

/** While both were asked: what the machine did before and after says nothing of one beside the other. */
function p95sOf({ answers }: LoadResult, good: string, bad: string) {
  const met = answers.filter(({ version }) => version === bad);
  const [from, to] = [Math.min(...met.map(({ sentAt }) => sentAt)), Math.max(...met.map(({ sentAt }) => sentAt))];
  const beside = answers.filter(({ version, sentAt }) => version === good && sentAt >= from && sentAt <= to);
  return { good: p95Of(beside), bad: p95Of(met) };
}

function p95Of(answers: LoadResult["answers"]): number {
  const sorted = answers.map(({ dueAt, endedAt }) => endedAt - dueAt).toSorted((a, b) => a - b);
  return sorted.length > 0 ? percentile(sorted, 95) : Number.NaN;
}

const isSluice = (peer: Peer): peer is SluicePeer => "stateHome" in peer;

async function foundBy({ stateHome }: SluicePeer, bad: string): Promise<Pick<BadRun, "foundIn">> {
  const found = foundIn(await readFile(join(stateHome, "journal.ndjson"), "utf8"), bad);
  return found ? { foundIn: found } : {};
}
