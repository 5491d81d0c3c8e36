import type { SlotWindow } from "@sluice/core";
import { watchRules } from "@sluice/engine";
import { binomial, normal, poisson, type Random } from "./random.ts";

/** Who uses a service, and what they get from either version. */
export interface CrowdScenario {
  /** Requests a second of all clients. */
  readonly perSecond: number;
  readonly clients: number;
  /** Parts of the requests that are answered with 5xx and with 4xx, 0 to 1. */
  readonly errors: number;
  readonly http4xx: number;
  /** How far apart latencies are: standard deviations of their logarithm, within one client and between clients. */
  readonly spread: { readonly within: number; readonly between: number };
}

const medianMs = 80;

/**
 * As far apart as latencies are: 0.8, a long tail to the right. A quarter of the variance is between clients, as some ask
 * for more than others, or are further away.
 */
export const usualSpread = { within: Math.sqrt(0.8 ** 2 - 0.4 ** 2), between: 0.4 };

export interface Answering {
  readonly isWarm: boolean;
  readonly factor?: number;
}

/**
 * Clients that stay where the share has led them, as those with a cookie do: the candidate's are the first of them by
 * their turn, and keep to it while the share grows.
 */
export class Crowd {
  readonly scenario: CrowdScenario;
  readonly #random: Random;
  /** How many times as long as the median one each client waits. */
  readonly #paces: Float64Array;
  #moved = 0;
  #share = 0;

  constructor(scenario: CrowdScenario, random: Random) {
    this.scenario = scenario;
    this.#random = random;
    this.#paces = Float64Array.from({ length: scenario.clients }, () =>
      Math.exp(scenario.spread.between * normal(random)),
    );
  }

  /** Leads as many clients to the candidate as chance gives it at `share` (0 to 1), which only grows. */
  lead(share: number): void {
    const left = this.scenario.clients - this.#moved;
    this.#moved += share >= 1 ? left : binomial(left, (share - this.#share) / (1 - this.#share), this.#random);
    this.#share = share;
  }

  /** Windows of both slots that nobody has asked yet. */
  beginSpan(): { readonly candidate: SpanCount; readonly previous: SpanCount } {
    const { clients } = this.scenario;
    return { candidate: new SpanCount(0, this.#moved), previous: new SpanCount(this.#moved, clients) };
  }

  /** What the clients of one slot ask in some seconds. Latencies are kept where it `isWarm`, and are `factor` times as long. */
  ask(count: SpanCount, seconds: number, { isWarm, factor = 1 }: Answering): void {
    const { perSecond, clients, errors, http4xx, spread } = this.scenario;
    const requests = poisson((perSecond * seconds * count.size) / clients, this.#random);
    const failed = binomial(requests, errors, this.#random);
    count.add(requests, failed, binomial(requests - failed, http4xx, this.#random));
    for (let index = 0; index < requests; index++) {
      const client = count.first + Math.floor(this.#random() * count.size);
      count.note(client, index < failed);
      if (!isWarm || index < requests - watchRules.keptLatencies) continue;
      count.keep(
        medianMs * factor * Math.exp(spread.within * normal(this.#random)) * (this.#paces[client] ?? 1),
        client,
      );
    }
  }
}

/** What the clients `first` to below `end` got from their slot, counted as the engine does. */
export class SpanCount {
  readonly first: number;
  readonly size: number;
  readonly #asked: Uint32Array;
  readonly #erred: Uint32Array;
  readonly #latenciesMs: number[] = [];
  readonly #latencyClients: number[] = [];
  #next = 0;
  #requests = 0;
  #errors = 0;
  #http4xx = 0;
  #clients = 0;
  #clientsWithErrors = 0;
  #worst = 0;

  constructor(first: number, end: number) {
    this.first = first;
    this.size = end - first;
    this.#asked = new Uint32Array(this.size);
    this.#erred = new Uint32Array(this.size);
  }

  add(requests: number, errors: number, http4xx: number): void {
    this.#requests += requests;
    this.#errors += errors;
    this.#http4xx += http4xx;
  }

  note(client: number, isError: boolean): void {
    const index = client - this.first;
    if (increment(this.#asked, index) === 1) this.#clients += 1;
    if (!isError) return;
    const errors = increment(this.#erred, index);
    if (errors === 1) this.#clientsWithErrors += 1;
    if (errors > (this.#erred[this.#worst] ?? 0)) this.#worst = index;
  }

  /** The newest ones stay, in any order: they are compared by rank. */
  keep(latencyMs: number, client: number): void {
    this.#latenciesMs[this.#next] = latencyMs;
    this.#latencyClients[this.#next] = client;
    this.#next = (this.#next + 1) % watchRules.keptLatencies;
  }

  window(): SlotWindow {
    const worst = { requests: this.#asked[this.#worst] ?? 0, errors: this.#erred[this.#worst] ?? 0 };
    return {
      requests: this.#requests,
      errors: this.#errors,
      http4xx: this.#http4xx,
      latenciesMs: this.#latenciesMs,
      latencyClients: this.#latencyClients,
      clients: this.#clients,
      clientsWithErrors: this.#clientsWithErrors,
      ...(worst.errors > 0 ? { worstClient: worst } : {}),
    };
  }
}

function increment(counts: Uint32Array, index: number): number {
  const count = (counts[index] ?? 0) + 1;
  counts[index] = count;
  return count;
}
