export const failureKinds = ["refused", "reset", "timeout", "5xx", "status", "other"] as const;
export type FailureKind = (typeof failureKinds)[number];

export interface Failure {
  readonly kind: FailureKind;
  /** Error code or status. */
  readonly detail: string;
}

export type StreamName = "ordinary" | "slow" | "poll";

/** What became of one request. Times are of the monotonic clock, in milliseconds. */
export interface Answer {
  readonly stream: StreamName;
  readonly client: number;
  readonly method: "GET" | "POST";
  readonly path: string;
  readonly dueAt: number;
  readonly sentAt: number;
  readonly endedAt: number;
  readonly status?: number;
  readonly version?: string;
  readonly failure?: Failure;
  /** The id of an order that was acknowledged. */
  readonly orderId?: number;
}

const kindOfCode: Record<string, FailureKind> = {
  ECONNREFUSED: "refused",
  ECONNRESET: "reset",
  EPIPE: "reset",
  HPE_INVALID_EOF_STATE: "reset",
  ETIMEDOUT: "timeout",
};

/** The failure behind an error of a request or of its answer's body. */
export function failureOfError(error: NodeJS.ErrnoException): Failure {
  if (error.name === "TimeoutError") return { kind: "timeout", detail: "no complete answer in time" };
  const code = error.code ?? error.name;
  return { kind: kindOfCode[code] ?? "other", detail: code };
}

/** The failure that a status means where `expected` was due, if any. */
export function failureOfStatus(status: number, expected: number): Failure | undefined {
  if (status === expected) return undefined;
  return { kind: status >= 500 ? "5xx" : "status", detail: String(status) };
}
