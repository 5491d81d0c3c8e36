import { atMost, type Figures, shown } from "./result.ts";

/** Medians, in milliseconds. */
export interface OverheadFacts {
  readonly noopMs: number;
  readonly composeNoopMs: number;
  /** Containers that a deployment with nothing to do has touched, of all runs. */
  readonly touched: number;
  readonly helpMs: number;
  readonly statusMs: number;
  readonly deployMs: number;
  readonly buildMs: number;
  readonly startUpMs: number;
  readonly drainMs: number;
  readonly twoServicesMs: number;
  readonly twentyServicesMs: number;
}

/** What Sluice itself may cost: a no-op nine times that of Compose, help and status at once. */
export function overheadFigures(facts: OverheadFacts): Figures {
  const { noopMs, composeNoopMs, deployMs, buildMs, startUpMs, drainMs, twoServicesMs, twentyServicesMs } = facts;
  return {
    containers_touched: atMost(facts.touched, 0),
    noop_ms: atMost(noopMs, 9 * composeNoopMs),
    help_ms: atMost(facts.helpMs, 150),
    status_ms: atMost(facts.statusMs, 400),
    noop_ratio: shown(noopMs / composeNoopMs),
    deploy_ms: shown(deployMs),
    deploy_build_ms: shown(buildMs),
    deploy_start_up_ms: shown(startUpMs),
    deploy_drain_ms: shown(drainMs),
    deploy_own_ms: shown(deployMs - buildMs - startUpMs - drainMs),
    deploy_2_services_ms: shown(twoServicesMs),
    deploy_20_services_ms: shown(twentyServicesMs),
    each_further_service_ms: shown((twentyServicesMs - twoServicesMs) / 18),
  };
}
