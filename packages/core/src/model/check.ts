/** One probe, as data. Durations in milliseconds. */
export type Check = ContainerCheck | HttpCheck | TcpCheck | CommandCheck;

interface CheckBase {
  readonly name: string;
  readonly service: string;
  /** For one attempt. */
  readonly timeoutMs: number;
  /** Successes in a row that make a pass. */
  readonly successes: number;
  /** Failed attempts that are forgiven before it is a fail. */
  readonly retries: number;
}

/** Running, healthy where there is a health check, not restarted, not killed for memory. */
export interface ContainerCheck extends CheckBase {
  readonly type: "container";
}

/** A request through the door (preview) or straight to the container, always from inside the network. */
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

/** Exit code 0 passes. Runs in the service's container, or in a throw-away one on the slot's network when `image` is set. */
export interface CommandCheck extends CheckBase {
  readonly type: "command";
  readonly command: readonly string[];
  readonly image?: string | undefined;
}
