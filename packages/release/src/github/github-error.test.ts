import { describe, expect, it } from "vitest";
import { githubErrorOf } from "./github-error.ts";

const now = new Date("2026-05-01T10:00:00Z");
const of = (status: number, headers: Record<string, string> = {}, message = "no") =>
  githubErrorOf("list releases", { status, headers, message }, now);

describe("an answer that is no success", () => {
  it.each([
    [401, {}, "GITHUB_DENIED", false],
    [403, {}, "GITHUB_DENIED", false],
    [404, {}, "GITHUB_REFUSED", false],
    [409, {}, "GITHUB_REFUSED", false],
    [422, {}, "GITHUB_REFUSED", false],
    [403, { "x-ratelimit-remaining": "0", "x-ratelimit-reset": "1777629630" }, "GITHUB_LIMITED", true],
    [403, { "x-ratelimit-remaining": "12", "x-ratelimit-reset": "1777629630" }, "GITHUB_DENIED", false],
    [429, { "retry-after": "7" }, "GITHUB_LIMITED", true],
    [500, {}, "GITHUB_UNREACHABLE", true],
    [503, { "retry-after": "7" }, "GITHUB_UNREACHABLE", true],
  ] as const)("%i %j is %s", (status, headers, code, retryable) => {
    expect(of(status, headers)).toMatchObject({ code, retryable, status });
  });

  it("says for how long to wait", () => {
    const reset = String(now.getTime() / 1_000 + 90);
    expect(of(403, { "x-ratelimit-remaining": "0", "x-ratelimit-reset": reset }).afterMs).toBe(90_000);
    expect(of(403, { "retry-after": "30" }).afterMs).toBe(30_000);
    expect(of(403, {}, "You have exceeded a secondary rate limit").afterMs).toBe(60_000);
    expect(of(429).afterMs).toBe(60_000);
    expect(of(502).afterMs).toBeUndefined();
  });

  it("is told with what was asked", () => {
    expect(of(404).message).toBe("GitHub answers 404 to list releases: no");
  });
});
