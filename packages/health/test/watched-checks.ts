import type {
  ContainerUsage,
  LogsCheck,
  PrometheusCheck,
  ResourcesCheck,
  SentryCheck,
  WatchTarget,
} from "@sluice/core";

const common = {
  services: ["web"],
  timeoutMs: 1_000,
  intervalMs: 1_000,
  retries: 0,
  onNoData: "fail" as const,
};

export function aLogsCheck(changes: Partial<LogsCheck> = {}): LogsCheck {
  return {
    ...common,
    type: "logs",
    name: "logs",
    patterns: ["(?i)error"],
    ignore: [],
    never: [],
    maxRatio: 2,
    minLines: 5,
    windowMs: 600_000,
    ...changes,
  };
}

export function aResourcesCheck(changes: Partial<ResourcesCheck> = {}): ResourcesCheck {
  return {
    ...common,
    type: "resources",
    name: "resources",
    memory: { ofLimit: 95 },
    growth: { max: 50 * mib, windowMs: 30_000 },
    restarts: 0,
    ...changes,
  };
}

export function aPrometheusCheck(changes: Partial<PrometheusCheck> = {}): PrometheusCheck {
  return {
    ...common,
    type: "prometheus",
    name: "success",
    url: "http://127.0.0.1:9090",
    headers: {},
    query: "up",
    min: 0.99,
    ...changes,
  };
}

export function aSentryCheck(changes: Pick<SentryCheck, "sentry"> & Partial<SentryCheck>): SentryCheck {
  return { ...common, type: "sentry", name: "sentry", levels: ["fatal", "error"], minEvents: 3, max: 0, ...changes };
}

export function aWatchTarget(changes: Partial<WatchTarget> = {}): WatchTarget {
  return {
    stack: "shop",
    slot: "green",
    release: "v2",
    containers: { web: ["new"] },
    share: 100,
    previous: null,
    ...changes,
  };
}

export const mib = 1_048_576;

/** Samples every two seconds; memory in MiB as a function of the second. */
export function usages(
  seconds: number,
  memory: (second: number) => number,
  changes: Partial<ContainerUsage> = {},
): readonly ContainerUsage[] {
  return Array.from({ length: seconds / 2 + 1 }, (_, index) => ({
    at: Date.UTC(2026, 0, 1) + index * 2_000,
    startedAt: "2025-12-31T23:00:00Z",
    cpuMs: index * 500,
    memoryBytes: memory(index * 2) * mib,
    memoryLimitBytes: null,
    ...changes,
  }));
}
