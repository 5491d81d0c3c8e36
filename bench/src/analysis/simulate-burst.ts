import { defaultConfig, type SlotWindow } from "@sluice/core";
import { judge } from "@sluice/health";
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
 * Whether the release was thrown away although it is no worse: one of its clients, wherever it stands, only gets errors
 * for a minute and tries ten times as often meanwhile.
 */
export function failsInBurst(scenario: BurstScenario, random: Random): boolean {
  const { perSecond, share, clients, base, looks, interval } = scenario;
  // The client in trouble is one of the candidate's; of the others as many as chance gives it.
  const candidate = new Side(1 + binomial(clients - 1, share, random));
  const previous = new Side(clients - candidate.size);
  const perClient = (perSecond / clients) * interval;
  const begin = Math.floor(random() * Math.max(1, looks * interval - burstSeconds));
  for (let look = 1; look <= looks; look++) {
    const now = look * interval;
    for (const side of [candidate, previous]) side.pass(poisson(perClient * side.size, random), base, random);
    if (now > begin && now <= begin + burstSeconds) candidate.trouble(poisson(perClient * eagerness, random));
    const window = { look, looks, settings, candidate: candidate.window(), previous: previous.window() };
    if (judge(window).some(({ result }) => result === "fail")) return true;
  }
  return false;
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
