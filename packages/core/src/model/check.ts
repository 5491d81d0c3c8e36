import type { Protocol } from "./service.ts";
import type { NoDataAction } from "./verdict.ts";

/** One probe, as data. Durations in milliseconds. */
export type Check =
  | ContainerCheck
  | HttpCheck
  | TcpCheck
  | AnswersCheck
  | CommandCheck
  | SequenceCheck
  | LoadCheck
  | CertificateCheck
  | ReachableCheck;

interface CheckBase {
  readonly name: string;
  readonly service: string;
  /** For one attempt. */
  readonly timeoutMs: number;
  /** Successes in a row that make a pass. */
  readonly successes: number;
  /** Failed attempts that are forgiven before it is a fail. */
  readonly retries: number;
  readonly onNoData: NoDataAction;
}

/** Running, healthy where there is a health check, not restarted, not killed for memory. */
export interface ContainerCheck extends CheckBase {
  readonly type: "container";
}

/** A request through the door (preview) or straight to the container, always from inside the network. `${env:NAME}` in what is sent and expected stands for the environment's. */
export interface HttpCheck extends CheckBase {
  readonly type: "http";
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
  readonly expect: {
    /** Accepted statuses; empty accepts 200 to 399. */
    readonly status: readonly number[];
    /** Substring of the body. */
    readonly body?: string | undefined;
    /** Header values by lower-case name; `""` asks for presence only. */
    readonly headers: Readonly<Record<string, string>>;
    readonly maxMs?: number | undefined;
  };
}

export interface TcpCheck extends CheckBase {
  readonly type: "tcp";
  readonly port: number;
}

/**
 * A container of the service speaks at a port what its door takes it to speak there: whatever it answers in that protocol passes. It fails
 * only for what the door could make nothing of; silence, and a connection that is refused or closed, tell nothing.
 */
export interface AnswersCheck extends CheckBase {
  readonly type: "answers";
  readonly port: number;
  readonly protocol: Exclude<Protocol, "tcp">;
  /** The application awaits a header of the PROXY protocol before all else. */
  readonly proxyProtocol: boolean;
}

/** Exit code 0 passes. Runs in the service's container, or in a throw-away one on the slot's network when `image` is set. */
export interface CommandCheck extends CheckBase {
  readonly type: "command";
  readonly command: readonly string[];
  readonly image?: string | undefined;
}

/** Requests one after the other by one client, with what answers give used in later ones. `timeoutMs` is for all. */
export interface SequenceCheck extends CheckBase {
  readonly type: "sequence";
  readonly steps: readonly SequenceStep[];
}

/** `${name}` in path, headers, body and what is expected stands for a captured value, `${env:NAME}` for the environment's. */
export interface SequenceStep {
  readonly name: string;
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
  /** Sent as JSON in place of `body`. */
  readonly json?: unknown;
  readonly expect: {
    /** Accepted statuses; empty accepts 200 to 399. */
    readonly status: readonly number[];
    readonly contains?: string | undefined;
    /** Values by JSON path. */
    readonly json: Readonly<Record<string, unknown>>;
  };
  readonly capture: Readonly<Record<string, Capture>>;
}

/** Where in an answer a value is found; of a pattern the first group, or all that it matches. */
export interface Capture {
  readonly from: "json" | "header" | "cookie" | "regex";
  /** JSON path, name of a header or cookie, or a pattern in RE2's syntax. */
  readonly at: string;
  /** Masked wherever it would be shown. */
  readonly secret: boolean;
}

/** Requests at a steady rate, whether or not the ones before were answered. `timeoutMs` is for all. `${env:NAME}` in what is sent stands for the environment's. */
export interface LoadCheck extends CheckBase {
  readonly type: "load";
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
  /** Requests a second. */
  readonly rate: number;
  readonly durationMs: number;
  /** Connections at once. */
  readonly connections: number;
  readonly requestTimeoutMs: number;
  readonly expect: {
    /** Accepted statuses; empty accepts 200 to 399. */
    readonly status: readonly number[];
    /** Percent of other answers, and of requests without one, that is tolerated. */
    readonly errors: number;
    readonly p50Ms?: number | undefined;
    readonly p95Ms?: number | undefined;
    readonly p99Ms?: number | undefined;
  };
}

/** The certificate that a server shows, seen from where the service's door is. */
export interface CertificateCheck extends CheckBase {
  readonly type: "certificate";
  readonly host: string;
  readonly port: number;
  /** Fewer days until it expires are a fail. */
  readonly minDays: number;
  /** It must be for this host, by an authority that is known. */
  readonly trusted: boolean;
}

/** Other servers that accept a connection from inside a container of the service: its names, its networks. */
export interface ReachableCheck extends CheckBase {
  readonly type: "reachable";
  /** `host:port` */
  readonly targets: readonly string[];
  readonly connectMs: number;
}
