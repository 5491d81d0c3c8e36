import { type CrashStage, type KillCase, nameOf, playKill, runSluice } from "@sluice/testing/faults";
import type { FakeGithub } from "@sluice/testing/github";
import { nowMs } from "../clock.ts";
import { auditLedger } from "../load/ledger.ts";
import { shopLoad } from "../load/profile.ts";
import { startLoad } from "../load/start-load.ts";
import { lastOrder, ordersSince } from "../load/stored-orders.ts";
import { withoutEnding } from "./github-endings.ts";

export interface KillResult {
  readonly name: string;
  readonly deaths: number;
  /** Kinds of the steps in which SIGKILL came. Results of older runs have none. */
  readonly diedIn?: readonly string[];
  /** From a signal that asked it to stop to the end of the command, milliseconds. Results of older runs have none. */
  readonly stopMs?: readonly number[];
  readonly requests: number;
  readonly lost: number;
  /** Orders that were acknowledged; where none are sent, and in results of older runs, there are none. */
  readonly orders?: number;
  /** Orders that were acknowledged and are not there, acknowledged twice, or there and nobody's. */
  readonly ordersWrong?: number;
  /** What is wrong afterwards, in words. */
  readonly problems: readonly string[];
}

export interface KillOptions {
  /** The tag that is checked out, to be deployed. */
  readonly release: string;
  readonly seed: number;
  /** Who is told; with it users place orders, too. */
  readonly github?: FakeGithub | undefined;
}

/** A case under load, with what users lost of it. */
export async function observeKill(
  stage: CrashStage,
  one: KillCase,
  { release, seed, github }: KillOptions,
): Promise<KillResult> {
  // Where the database is not the matter its paths are left out: what it does on a busy machine is not either.
  const profile = {
    paths: ["/version"],
    orderShare: github ? 0.25 : 0,
    clients: 10,
    ratePerSecond: 20,
    slow: [],
    polls: { path: "/poll", clients: 0 },
    sockets: { path: "/ws", clients: 0 },
    // A case takes about a minute, on a busy machine some: what takes longer than this hangs.
    maxDurationMs: 1_200_000,
  };
  const before = github ? await lastOrder(stage.stack) : 0;
  const shownBefore = github?.state.deployments.length ?? 0;
  await using load = await startLoad(shopLoad(stage.url, { ...profile, seed, keepAlive: seed % 2 === 0 }));
  const moments: { readonly what: string; readonly at: number }[] = [];
  const played = await playKill(stage, one, release, (what) => moments.push({ what, at: nowMs() }));
  const { requests, failed, failures, ledger } = await load.stop();
  const sinceLast = (at: number) => {
    const last = moments.findLast((moment) => moment.at <= at);
    return last ? `${Math.round(at - last.at)} ms after ${last.what}` : "before anything ended";
  };
  const lost = failures.slice(0, 3).map(({ detail, path, sentAt }) => `lost: ${detail} ${path} ${sinceLast(sentAt)}`);
  const { missing, repeated, surplus } = auditLedger(ledger, github ? await ordersSince(stage.stack, before) : []);
  const ordersWrong = missing.length + repeated.length + surplus;
  const wrong = `orders: ${missing.length} missing, ${repeated.length} acknowledged twice, ${surplus} that nobody placed`;
  return {
    name: nameOf(one),
    deaths: played.deaths,
    diedIn: played.diedIn,
    stopMs: played.stopMs,
    requests,
    lost: failed,
    orders: ledger.acknowledged.length,
    ordersWrong,
    problems: [
      ...played.problems,
      ...lost,
      ...(ordersWrong > 0 ? [wrong] : []),
      ...(github ? await untold(stage, github, shownBefore) : []),
    ],
  };
}

/** What GitHub has not been told of, once all that waits for it has been sent. */
async function untold(stage: CrashStage, github: FakeGithub, shownBefore: number): Promise<readonly string[]> {
  const { exitCode, stdout } = await runSluice(stage, ["outbox", "flush"]);
  const unsent = exitCode === 0 ? [] : [`outbox flush ended with ${exitCode}: ${stdout.slice(-300)}`];
  return [...unsent, ...withoutEnding(github.state.deployments, shownBefore)];
}
