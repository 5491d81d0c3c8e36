import type { JudgeWindow, SlotWindow, Verdict } from "@sluice/core";
import { fisherGreater, type InOrder, inOrder, quantile, rankGreater } from "./statistics.ts";

/** Risk to throw a good release away for its latency, over all looks of a window and both tests. */
const alpha = 0.002;
/**
 * The same where clients are compared instead of their requests. Not split: which clients a version has does not change
 * from look to look.
 */
const alphaOfClients = 0.001;
const fewest = 100;

/**
 * Slow is a candidate whose 95th percentile is beyond the limit, and for which chance is ruled out by one of two tests:
 * of ranks (all requests are slower), or of the part of requests beyond the limit (some are much slower). Requests of
 * one client are alike, and few clients may make all of them, so the same must hold between clients.
 */
export function judgeLatency({ candidate, previous, looks, services = 1, settings }: JudgeWindow): Verdict {
  const { maxRatio, floor } = settings.latency;
  const mine = inOrder(candidate.latenciesMs);
  const theirs = inOrder(previous?.latenciesMs ?? []);
  const p95 = quantile(mine, 0.95);
  const value = mine.length > 0 ? `p95 ${Math.round(p95)} ms` : "no requests";
  const measured = {
    unit: "ms" as const,
    candidate: p95,
    previous: theirs.length > 0 ? quantile(theirs, 0.95) : null,
  };
  const base = { check: "latency", value, n: mine.length, ...(mine.length > 0 ? { measured } : {}) };
  if (mine.length < fewest || theirs.length < fewest) {
    const detail = `${fewest} requests of each are needed, the previous had ${theirs.length}`;
    return { ...base, result: "no-data", limit: `p95 <= ${maxRatio} x previous`, detail };
  }
  const previousP95 = quantile(theirs, 0.95);
  const limitMs = Math.max(previousP95 * maxRatio, floor);
  const slow = (sample: InOrder) => ({ hits: sample.filter((ms) => ms > limitMs).length, n: sample.length });
  const p = Math.min(1, 2 * Math.min(rankGreater(mine, theirs), fisherGreater(slow(mine), slow(theirs))));
  const limit = `p95 <= ${Math.round(limitMs)} ms (previous p95 ${Math.round(previousP95)} ms, n=${theirs.length})`;
  const atOnce = Math.max(1, services);
  if (p95 <= limitMs || p >= alpha / (Math.max(1, looks) * atOnce)) return { ...base, limit, p, result: "pass" };
  const clients = compareClients(candidate, previous, limitMs);
  if (clients.p < alphaOfClients / atOnce) return { ...base, limit, p, result: "fail" };
  const detail = `slower, but by no more than clients differ: ${clients.own} of the candidate, ${clients.others} of the previous`;
  return { ...base, limit, p, result: "no-data", detail };
}

/** The same two tests between the clients, each of which counts once. */
function compareClients(candidate: SlotWindow, previous: SlotWindow | null, limitMs: number) {
  const all = { own: byClient(candidate), others: byClient(previous) };
  // A part of many requests is seldom 0, and one of few often: the same number of each is compared.
  const most = Math.max(1, Math.floor(Math.min(meanOf(all.own, sizeOf), meanOf(all.others, sizeOf))));
  const newest = (clients: Clients): Clients => clients.map((latencies) => latencies.slice(-most));
  const [own, others] = [newest(all.own), newest(all.others)];
  const level = (latencies: readonly number[]) => meanOf(latencies, Math.log1p);
  const slowPart = (latencies: readonly number[]) => meanOf(latencies, (ms) => (ms > limitMs ? 1 : 0));
  const usual = meanOf([...own, ...others], slowPart);
  const slower = (clients: Clients) => ({
    hits: clients.filter((latencies) => slowPart(latencies) > usual).length,
    n: clients.length,
  });
  const p = Math.min(
    rankGreater(inOrder(own.map(level)), inOrder(others.map(level))),
    fisherGreater(slower(own), slower(others)),
  );
  return { p: Math.min(1, 2 * p), own: own.length, others: others.length };
}

/** The latencies of each client. */
type Clients = readonly (readonly number[])[];

/** A request of which nobody knows who made it is taken for a client of its own. */
function byClient(window: SlotWindow | null): Clients {
  const { latenciesMs = [], latencyClients = [] } = window ?? {};
  const clients = new Map<number, number[]>();
  for (const [index, ms] of latenciesMs.entries()) {
    const bucket = latencyClients[index] ?? -1;
    const client = bucket < 0 ? -1 - index : bucket;
    const latencies = clients.get(client);
    if (latencies) latencies.push(ms);
    else clients.set(client, [ms]);
  }
  return [...clients.values()];
}

const sizeOf = ({ length }: readonly number[]): number => length;
const meanOf = <T>(values: readonly T[], value: (one: T) => number): number =>
  values.reduce((sum, one) => sum + value(one), 0) / values.length;
