import type { NoDataAction } from "./verdict.ts";

/** What takes a span of time to judge, as data: looked at again and again while it lasts. Durations in milliseconds. */
export type WatchedCheck = LogsCheck | ResourcesCheck | PrometheusCheck | SentryCheck;

interface WatchedBase {
  readonly name: string;
  /** Whose containers are watched: all in slots, or all in base. */
  readonly services: readonly string[];
  /** For one look. */
  readonly timeoutMs: number;
  /** Between two looks; the watch of traffic goes on meanwhile. */
  readonly intervalMs: number;
  /** Bad looks in a row that are forgiven before it is a fail. */
  readonly retries: number;
  readonly onNoData: NoDataAction;
}

/** What containers write, next to what those of the version before wrote. Patterns are in RE2's syntax. */
export interface LogsCheck extends WatchedBase {
  readonly type: "logs";
  /** Lines that match any of them are counted. */
  readonly patterns: readonly string[];
  /** Lines that match any of them are not looked at. */
  readonly ignore: readonly string[];
  /** One line that matches any of them is a fail. */
  readonly never: readonly string[];
  /** Times the rate of the version before that is tolerated. */
  readonly maxRatio: number;
  /** Lines a minute that are never tolerated, whatever the version before wrote. */
  readonly maxPerMinute?: number | undefined;
  /** Fewer lines say nothing. */
  readonly minLines: number;
  /** How much of the log before is compared with. */
  readonly windowMs: number;
}

/** What containers use of the machine, and how often they fell. */
export interface ResourcesCheck extends WatchedBase {
  readonly type: "resources";
  readonly memory: {
    /** Bytes of one container. */
    readonly max?: number | undefined;
    /** Percent of the container's own limit, where it has one. */
    readonly ofLimit: number;
  };
  readonly growth: {
    /** Bytes a minute of one container. */
    readonly max: number;
    /** A shorter span says nothing of growth. */
    readonly windowMs: number;
  };
  /** Percent of one processor, of one container over the span. */
  readonly cpuMax?: number | undefined;
  /** Restarts of all containers over the span that are tolerated. */
  readonly restarts: number;
}

/** The answer of a Prometheus server to a query, as every sample of it. */
export interface PrometheusCheck extends WatchedBase {
  readonly type: "prometheus";
  /** Of the server, without `/api/v1`. `${env:NAME}` stands for the environment's. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** `${slot}`, `${release}`, `${previous}` and `${stack}` stand for those under watch. */
  readonly query: string;
  readonly min?: number | undefined;
  readonly max?: number | undefined;
}

/** Issues that Sentry saw first in the release under watch. */
export interface SentryCheck extends WatchedBase {
  readonly type: "sentry";
  readonly sentry: SentryAccess;
  readonly levels: readonly string[];
  /** An issue of fewer events is not counted. */
  readonly minEvents: number;
  /** Issues that are tolerated. */
  readonly max: number;
}

/** Where a Sentry server is, and what the release is called there. `${env:NAME}` stands for the environment's. */
export interface SentryAccess {
  readonly url: string;
  readonly organization: string;
  /** Slugs; empty stands for all in checks. */
  readonly projects: readonly string[];
  readonly token: string;
  readonly environment?: string | undefined;
  /** `${release}` and `${stack}` stand for those under watch. */
  readonly release: string;
}
