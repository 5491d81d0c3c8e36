import { type AnalysisConfig, defaultConfig, type SlotWindow } from "@sluice/core";
import { judge } from "@sluice/health";
import { failsFixedRule } from "./fixed-rule.ts";
import { binomial, poisson, type Random } from "./random.ts";

/** One deployment: a step at a share, then all users, judged against the version before as it was then. */
export interface ErrorScenario {
  /** Requests a second of all users. */
  readonly perSecond: number;
  /** Of the candidate in the step, 0 to 1. */
  readonly share: number;
  /** Error rates, 0 to 1. */
  readonly base: number;
  readonly candidate: number;
  /** Looks at the step and at the bake, and the seconds between two. */
  readonly stepLooks: number;
  readonly bakeLooks: number;
  readonly interval: number;
}

/** Seconds until a judge gave up, and what users had met by then because the candidate is worse. */
export interface Caught {
  readonly seconds: number;
  readonly hurt: number;
}

export interface ErrorRun {
  /** `null` where it let the candidate through. */
  readonly sluice: Caught | null;
  readonly fixed: Caught | null;
}

const settings: AnalysisConfig = defaultConfig().analysis;

/** Runs one deployment before both judges, which see the same requests. */
export function simulateErrors(scenario: ErrorScenario, random: Random): ErrorRun {
  const { stepLooks, bakeLooks, interval } = scenario;
  const world = new World(scenario, random);
  for (let look = 1; look <= stepLooks + bakeLooks && !world.isOver; look++) {
    const isBake = look > stepLooks;
    if (look === stepLooks + 1) world.beginBake();
    world.pass(isBake ? 1 : scenario.share);
    world.judge(isBake ? look - stepLooks : look, isBake ? bakeLooks : stepLooks);
    if ((look * interval) % 60 < interval) world.judgeFixed();
  }
  return world.run;
}

interface Counted {
  requests: number;
  errors: number;
}

class World {
  readonly #scenario: ErrorScenario;
  readonly #random: Random;
  readonly #run: { sluice: Caught | null; fixed: Caught | null } = { sluice: null, fixed: null };
  readonly #candidate: Counted = { requests: 0, errors: 0 };
  readonly #previous: Counted = { requests: 0, errors: 0 };
  readonly #minute: Counted = { requests: 0, errors: 0 };
  #seconds = 0;
  #errors = 0;
  #isJudged = true;

  constructor(scenario: ErrorScenario, random: Random) {
    this.#scenario = scenario;
    this.#random = random;
  }

  get run(): ErrorRun {
    return this.#run;
  }

  get isOver(): boolean {
    return this.#run.sluice !== null && this.#run.fixed !== null;
  }

  /** All users are at the candidate: it is counted anew, and the version before stays as it was seen. */
  beginBake(): void {
    Object.assign(this.#candidate, { requests: 0, errors: 0 });
  }

  pass(share: number): void {
    const { perSecond, base, candidate, interval } = this.#scenario;
    this.#seconds += interval;
    const all = perSecond * interval;
    const requests = poisson(all * share, this.#random);
    const errors = binomial(requests, candidate, this.#random);
    this.#errors += errors;
    for (const counted of [this.#candidate, this.#minute]) {
      counted.requests += requests;
      counted.errors += errors;
    }
    const others = share < 1 ? poisson(all * (1 - share), this.#random) : 0;
    this.#previous.requests += others;
    this.#previous.errors += binomial(others, base, this.#random);
    // Nothing new leads to no new verdict.
    this.#isJudged = requests + others === 0;
  }

  judge(look: number, looks: number): void {
    if (this.#run.sluice || this.#isJudged) return;
    const window = {
      look,
      looks,
      settings,
      candidate: slotWindow(this.#candidate),
      previous: slotWindow(this.#previous),
    };
    if (judge(window).some(({ result }) => result === "fail")) this.#run.sluice = this.#caught();
  }

  judgeFixed(): void {
    if (!this.#run.fixed && failsFixedRule(this.#minute)) this.#run.fixed = this.#caught();
    Object.assign(this.#minute, { requests: 0, errors: 0 });
  }

  #caught(): Caught {
    const { base, candidate } = this.#scenario;
    const part = candidate > 0 ? (candidate - base) / candidate : 0;
    return { seconds: this.#seconds, hurt: this.#errors * part };
  }
}

/** As from many clients, each of whom met an error at most once: requests are independent here. */
function slotWindow({ requests, errors }: Counted): SlotWindow {
  return { requests, errors, http4xx: 0, latenciesMs: none, clients: 0, clientsWithErrors: 0 };
}

const none: readonly number[] = [];
