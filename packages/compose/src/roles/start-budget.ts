import { type ComposeHealthcheck, formatDuration, parseDuration, type StartBudget } from "@sluice/core";

/** Without a health check nothing tells how long a start may take. */
const defaultMs = 60_000;

/**
 * How long a service may take to become ready: until the engine would call it unhealthy at the latest.
 *
 * @param configuredMs `startTimeout` of the configuration; decides when it is there
 */
export function startBudget(healthcheck: ComposeHealthcheck | undefined, configuredMs?: number): StartBudget {
  if (configuredMs !== undefined)
    return { timeoutMs: configuredMs, derivation: `startTimeout ${formatDuration(configuredMs)}`, isConfigured: true };
  if (!healthcheck || isSwitchedOff(healthcheck)) {
    return { timeoutMs: defaultMs, derivation: `default ${formatDuration(defaultMs)} (no health check)` };
  }
  const startPeriod = duration(healthcheck.start_period, 0);
  // What the engine takes where the compose file is silent.
  const interval = duration(healthcheck.interval, 30_000);
  const timeout = duration(healthcheck.timeout, 30_000);
  const retries = healthcheck.retries || 3;
  const checks = `${retries} x (interval ${formatDuration(interval)} + timeout ${formatDuration(timeout)})`;
  return {
    timeoutMs: startPeriod + retries * (interval + timeout),
    derivation: startPeriod > 0 ? `start_period ${formatDuration(startPeriod)} + ${checks}` : checks,
  };
}

export function isSwitchedOff(healthcheck: ComposeHealthcheck | undefined): boolean {
  return healthcheck?.disable === true || healthcheck?.test?.[0] === "NONE";
}

function duration(text: string | undefined, fallbackMs: number): number {
  const ms = text === undefined ? undefined : parseDuration(text);
  // Zero means "as the engine does" here too.
  return ms === undefined || ms === 0 ? fallbackMs : ms;
}
