import { type ErrorCode, SluiceError } from "@sluice/core";

export type GithubErrorCode = Extract<ErrorCode, `GITHUB_${string}`>;

/** A call that GitHub did not answer as hoped. Never holds the token. */
export class GithubError extends SluiceError {
  /** HTTP status; `null` where no whole answer came, so that nobody knows whether a write took effect. */
  readonly status: number | null;
  /** How long GitHub asks to be left alone, milliseconds. */
  readonly afterMs: number | undefined;

  constructor(
    code: GithubErrorCode,
    message: string,
    details: {
      readonly status: number | null;
      readonly hint?: string;
      readonly afterMs?: number | undefined;
      readonly cause?: unknown;
    },
  ) {
    const { status, hint, afterMs, cause } = details;
    const retryable = code === "GITHUB_UNREACHABLE" || code === "GITHUB_LIMITED";
    super(code, message, { retryable, cause, ...(hint ? { hint } : {}) });
    this.status = status;
    this.afterMs = afterMs;
  }
}

/** Whether it is about a release, or a tag of one, that GitHub keeps as it was published. Only its words say so. Pure. */
export function isOfImmutable(error: unknown): boolean {
  return error instanceof GithubError && error.status === 422 && error.message.includes("immutable release");
}

/** As much of an answer as decides what it means. */
export interface FailedAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | number | undefined>>;
  readonly message: string;
}

/**
 * What an answer that is no success means.
 * https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api and /troubleshooting-the-rest-api. Pure.
 *
 * @param what the call in words, such as "create deployment"
 */
export function githubErrorOf(what: string, { status, headers, message }: FailedAnswer, now: Date): GithubError {
  const text = `GitHub answers ${status} to ${what}: ${message}`;
  const error = (code: GithubErrorCode, hint?: string, afterMs?: number) =>
    new GithubError(code, text, { status, afterMs, ...(hint ? { hint } : {}) });
  const afterMs = limitMs(status, headers, message, now);
  if (afterMs !== undefined) return error("GITHUB_LIMITED", `wait for ${Math.ceil(afterMs / 1_000)} s`, afterMs);
  if (status === 401) return error("GITHUB_DENIED", "see that GITHUB_TOKEN is set to a token that is still valid");
  if (status === 403) return error("GITHUB_DENIED", permissionHint);
  if (status === 404) return error("GITHUB_REFUSED", `it is not there, or hidden from this token: ${permissionHint}`);
  if (status === 408 || status >= 500) return error("GITHUB_UNREACHABLE", "see https://www.githubstatus.com");
  return error("GITHUB_REFUSED");
}

const permissionHint =
  "give the token the permission: in a workflow `permissions:` with contents, deployments or statuses: write";

/** Without a word on how long, as GitHub asks for: a minute. */
const unknownLimitMs = 60_000;

function limitMs(status: number, headers: FailedAnswer["headers"], message: string, now: Date): number | undefined {
  if (status !== 403 && status !== 429) return undefined;
  const after = Number(headers["retry-after"]);
  if (Number.isFinite(after)) return after * 1_000;
  const reset = Number(headers["x-ratelimit-reset"]);
  const isUsedUp = String(headers["x-ratelimit-remaining"]) === "0";
  if (isUsedUp && Number.isFinite(reset)) return Math.max(0, reset * 1_000 - now.getTime());
  return isUsedUp || status === 429 || /rate limit/i.test(message) ? unknownLimitMs : undefined;
}
