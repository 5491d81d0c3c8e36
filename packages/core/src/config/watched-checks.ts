import { isApplication, isInSlot } from "../model/placement.ts";
import type { ServiceFacts } from "../model/service.ts";
import type { WatchedCheck } from "../model/watched-check.ts";
import type { CheckConfig, Config } from "./schema.ts";
import { watchedKindNames } from "./watched-schema.ts";
import { watchesContainers, whyUnwatched } from "./watched-services.ts";

/** How often each kind looks where the configuration does not say. */
const usualInterval = { logs: 5_000, resources: 2_000, prometheus: 15_000, sentry: 15_000 } as const;

/**
 * The checks that watch a release while it has users. One that names no service watches all web and worker services in
 * slots, and where none is in slots those in base. One that names what runs nowhere is left out, see `unwatchedFindings`.
 */
export function watchedChecks(config: Config, services: readonly ServiceFacts[]): readonly WatchedCheck[] {
  const running = services.filter((service) => whyUnwatched(service) === null);
  const own = running.filter(({ role }) => isApplication(role));
  const inSlots = own.filter(isInSlot);
  const usual = (inSlots.length > 0 ? inSlots : own).map(({ name }) => name);
  const runs = (name: string) => running.some((service) => service.name === name);
  return config.checks
    .flatMap((check) => toWatched(check, usual, config.sentry) ?? [])
    .filter((check) => !watchesContainers(check) || check.services.every(runs));
}

/** All that the configuration has, whatever runs: one that names no service has none. */
export function configuredWatches(config: Config): readonly WatchedCheck[] {
  return config.checks.flatMap((check) => toWatched(check, [], config.sentry) ?? []);
}

function toWatched(check: CheckConfig, usual: readonly string[], access: Config["sentry"]): WatchedCheck | null {
  const { logs, resources, prometheus, sentry, service, retries, onNoData } = check;
  const kind = watchedKindNames.find((one) => check[one] !== undefined);
  if (!kind) return null;
  const common = {
    services: service === undefined ? usual : [service],
    timeoutMs: check.timeout,
    intervalMs: check.interval ?? usualInterval[kind],
    retries,
    onNoData,
  };
  const name = check.name ?? (service === undefined ? kind : `${kind} of ${service}`);
  if (logs) {
    const { max, window, ...rest } = logs;
    return { ...common, ...rest, type: "logs", name, maxPerMinute: max, windowMs: window };
  }
  if (resources) {
    const { growth, cpu, ...rest } = resources;
    const { max, window } = growth;
    return { ...common, ...rest, type: "resources", name, growth: { max, windowMs: window }, cpuMax: cpu };
  }
  if (prometheus) return { ...common, ...prometheus, type: "prometheus", name: check.name ?? prometheus.query };
  return sentry && access ? { ...common, ...sentry, type: "sentry", name, sentry: access } : null;
}
