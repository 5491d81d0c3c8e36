import { atLeast, atMost, type Figures, type Numbers, shown } from "./result.ts";

export interface DeploymentFacts {
  readonly runs: number;
  readonly sluice: Numbers;
  /** The deployment by hand, measured in the same rounds. */
  readonly byHand?: Numbers;
  readonly startUpMs: number;
  readonly drainMs: number;
}

export type DowntimeFacts = DeploymentFacts & {
  /** Sluice once more, with requests in flight that take nearly as long as the drain. */
  readonly longRequests: Numbers;
};

/** A drain is timed by the deployer from the cutover on; the client sees the first new answer a moment later. */
const drainToleranceS = 0.25;

/** WebSockets get the whole drain: none ends before, and one that is opened anew gets in. */
export function socketLimits(numbers: Numbers, drainMs: number): Figures {
  const of = (name: string) => numbers[name] ?? Number.NaN;
  return {
    socket_held_s: atLeast(of("socket_held_s"), drainMs / 1_000 - drainToleranceS),
    sockets_ended_early: atMost(of("sockets_ended_early"), 0),
    sockets_refused: atMost(of("sockets_refused"), 0),
  };
}

/** The promises of a deployment with `steps: [100]` and no bake, as limits. */
export function deploymentLimits({ runs, sluice, byHand, startUpMs, drainMs }: DeploymentFacts): Figures {
  const of = (name: string) => sluice[name] ?? Number.NaN;
  const startUp = startUpMs / 1_000;
  const drain = drainMs / 1_000;
  const p99Limit = Math.max(2 * of("p99_before_ms"), (byHand?.p99_during_ms ?? Number.NEGATIVE_INFINITY) + 20);
  return {
    runs_without_loss: atLeast(of("runs_without_loss"), runs),
    requests_lost: atMost(of("requests_lost"), 0),
    orders_wrong: atMost(of("orders_wrong"), 0),
    clients_back: atMost(of("clients_back"), 0),
    gap_above_lateness_ms: atMost(of("gap_above_lateness_ms"), 150),
    ...socketLimits(sluice, drainMs),
    p99_during_ms: atMost(of("p99_during_ms"), p99Limit),
    users_moved_s: atMost(of("users_moved_s"), startUp + 1.5),
    command_s: atMost(of("command_s"), startUp + 2 + drain),
    client_cpu_s: atMost(of("client_cpu_s"), 1),
  };
}

/** Those limits, with the long requests, and whatever else was measured. */
export function downtimeFigures(facts: DowntimeFacts): Figures {
  const { sluice, longRequests, drainMs } = facts;
  const limits: Figures = {
    ...deploymentLimits(facts),
    long_requests_lost: atMost(longRequests.requests_lost ?? Number.NaN, 0),
    long_request_held_s: atLeast(longRequests.request_held_s ?? Number.NaN, drainMs / 1_000 - 2),
  };
  const others = Object.entries(sluice).filter(([name]) => !(name in limits));
  return { ...limits, ...Object.fromEntries(others.map(([name, value]) => [name, shown(value)])) };
}
