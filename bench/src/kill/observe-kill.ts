import { type CrashStage, type KillCase, nameOf, playKill } from "@sluice/testing/faults";
import { nowMs } from "../clock.ts";
import { shopLoad } from "../load/profile.ts";
import { startLoad } from "../load/start-load.ts";

export interface KillResult {
  readonly name: string;
  readonly deaths: number;
  readonly requests: number;
  readonly lost: number;
  /** What is wrong afterwards, in words. */
  readonly problems: readonly string[];
}

/** A case under load, with what users lost of it. */
export async function observeKill(
  stage: CrashStage,
  one: KillCase,
  release: string,
  seed: number,
): Promise<KillResult> {
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
  await using load = await startLoad(shopLoad(stage.url, { ...profile, seed, keepAlive: seed % 2 === 0 }));
  const moments: { readonly what: string; readonly at: number }[] = [];
  const { deaths, problems } = await playKill(stage, one, release, (what) => moments.push({ what, at: nowMs() }));
  const { requests, failed, failures } = await load.stop();
  const sinceLast = (at: number) => {
    const last = moments.findLast((moment) => moment.at <= at);
    return last ? `${Math.round(at - last.at)} ms after ${last.what}` : "before anything ended";
  };
  const lost = failures.slice(0, 3).map(({ detail, path, sentAt }) => `lost: ${detail} ${path} ${sinceLast(sentAt)}`);
  return { name: nameOf(one), deaths, requests, lost: failed, problems: [...problems, ...lost] };
}
