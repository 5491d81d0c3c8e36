import { defaultConfig, type SlotWindow } from "@sluice/core";
import { judge } from "@sluice/health";
import { failsFixedRule } from "./fixed-rule.ts";
import { binomial, poisson, type Random } from "./random.ts";

/** Identical versions, and one client that gets into trouble for a minute. */
export interface BurstScenario {
  readonly perSecond: number;
  /** 0 to 1. */
  readonly share: number;
  readonly clients: number;
  /** Of everybody else, 0 to 1. */
  readonly base: number;
  readonly looks: number;
  readonly interval: number;
}

/** How many times as often as before the client in trouble tries, with an error each time. */
const eagerness = 10;
const burstSeconds = 60;
const { analysis: settings } = defaultConfig();

/**
 * Which judge throws the release away although it is no worse: one of its clients, wherever it stands, only gets errors
 * for a minute and tries ten times as often meanwhile.
 */
export function simulateBurst(
  scenario: BurstScenario,
  random: Random,
): { readonly sluice: boolean; readonly fixed: boolean } {
  const { perSecond, share, clients, base, looks, interval } = scenario;
  // The client in trouble is one of the candidate's; of the others as many as chance gives it.
  const candidate = new Side(1 + binomial(clients - 1, share, random));
  const previous = new Side(clients - candidate.size);
  const perClient = (perSecond / clients) * interval;
  const begin = Math.floor(random() * Math.max(1, looks * interval - burstSeconds));
  const failed = { sluice: false, fixed: false };
  let minute = { requests: 0, errors: 0 };
  for (let look = 1; look <= looks && !(failed.sluice && failed.fixed); look++) {
    const now = look * interval;
    for (const side of [candidate, previous]) side.pass(poisson(perClient * side.size, random), base, random);
    if (now > begin && now <= begin + burstSeconds) candidate.trouble(poisson(perClient * eagerness, random));
    const seen = candidate.window();
    if (!failed.sluice) {
      const window = { look, looks, settings, candidate: seen, previous: previous.window() };
      failed.sluice = judge(window).some(({ result }) => result === "fail");
    }
    if (now % 60 !== 0) continue;
    const last = { requests: seen.requests - minute.requests, errors: seen.errors - minute.errors };
    failed.fixed ||= failsFixedRule(last);
    minute = seen;
  }
  return failed;
}

class Side {
  readonly size: number;
  readonly #seen = new Map<number, { requests: number; errors: number }>();
  #requests = 0;
  #errors = 0;

  constructor(size: number) {
    this.size = size;
  }

  pass(requests: number, base: number, random: Random): void {
    if (this.size === 0) return;
    this.#requests += requests;
    for (let index = 0; index < requests; index++) {
      const isError = random() < base;
      if (isError) this.#errors += 1;
      this.#note(Math.floor(random() * this.size), isError);
    }
  }

  trouble(requests: number): void {
    this.#requests += requests;
    this.#errors += requests;
    for (let index = 0; index < requests; index++) this.#note(0, true);
  }

  #note(client: number, isError: boolean): void {
    const known = this.#seen.get(client) ?? { requests: 0, errors: 0 };
    known.requests += 1;
    if (isError) known.errors += 1;
    this.#seen.set(client, known);
  }

  window(): SlotWindow {
    const erring = [...this.#seen.values()].filter(({ errors }) => errors > 0);
    const [worstClient] = erring.toSorted((a, b) => b.errors - a.errors);
    return {
      requests: this.#requests,
      errors: this.#errors,
      http4xx: 0,
      latenciesMs: [],
      clients: this.#seen.size,
      clientsWithErrors: erring.length,
      ...(worstClient ? { worstClient } : {}),
    };
  }
}
