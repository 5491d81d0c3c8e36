import type { SentryAccess } from "@sluice/core";
import { systemClock as clock } from "@sluice/core/node";
import { describe, expect, it, onTestFinished } from "vitest";
import { createFakeLogs, createFakeStats } from "../../test/fake-engine.ts";
import { aDeploy, anIssue, aRelease, type FakeAnswer, sentryToken, startFakeSentry } from "../../test/fake-sentry.ts";
import { serve } from "../../test/servers.ts";
import { aSentryCheck, aWatchTarget } from "../../test/watched-checks.ts";
import { createWatcher, recordSentryDeploy } from "../index.ts";
import { judgeSentry, nextCursor, readIssues } from "../watch/sentry/judge-sentry.ts";

const token = sentryToken;
const environment = { SENTRY_TOKEN: token };

const access = (url: string, changes: Partial<SentryAccess> = {}): SentryAccess => ({
  url,
  organization: "acme",
  projects: ["web"],
  token: "${env:SENTRY_TOKEN}",
  environment: "production",
  release: "shop@${release}",
  ...changes,
});
describe("new issues of a release", () => {
  const look = async (url: string, changes: Partial<SentryAccess> = {}, startedAt?: Date) => {
    const watcher = createWatcher({ clock, environment, logs: createFakeLogs([]), stats: createFakeStats(() => null) });
    const since = new Date(clock.now().getTime() - 60_000);
    const watching = await watcher.begin(
      aSentryCheck({ sentry: access(url, changes) }),
      aWatchTarget({ since, startedAt }),
    );
    onTestFinished(() => watching[Symbol.asyncDispose]());
    return watching.look(1);
  };

  it("are asked for by the name that the application has for it, over all pages", async () => {
    const { calls, url } = await startFakeSentry((call) => {
      if (call.includes("cursor=0:100:0")) return { status: 200, body: [anIssue()] };
      const link = '<https://sentry.io/x>; rel="next"; results="true"; cursor="0:100:0"';
      return { status: 200, body: [anIssue({ shortId: "WEB-2", level: "info" })], link };
    });
    expect(await look(url)).toMatchObject({
      result: "fail",
      value: "1 new issues",
      n: 2,
      detail: "WEB-1: error, 14 events: TypeError: price is undefined",
    });
    expect(calls).toHaveLength(2);
    expect(calls[0]).toContain(
      '/api/0/organizations/acme/issues/?project=-1&query=is:unresolved firstRelease:"shop@v2"',
    );
    expect(calls[0]).toContain("environment=production");
  });

  it("are none that a release had before it came back", async () => {
    const { url } = await startFakeSentry(() => ({
      status: 200,
      body: [
        anIssue({ firstSeen: "2026-01-01T00:00:00Z" }),
        anIssue({ shortId: "WEB-2", firstSeen: "2026-03-01T00:00:00Z" }),
      ],
    }));
    expect(await look(url, {}, new Date("2026-02-01T00:00:00Z"))).toMatchObject({
      value: "1 new issues",
      detail: expect.stringContaining("WEB-2"),
    });
    expect(await look(url, {}, new Date("2026-04-01T00:00:00Z"))).toMatchObject({ result: "pass" });
    expect(await look(url)).toMatchObject({ value: "2 new issues" });
    // Clocks differ.
    expect(await look(url, {}, new Date("2026-03-01T00:00:30Z"))).toMatchObject({ value: "1 new issues" });
  });

  it.each<[string, FakeAnswer | null, string]>([
    ["is busy", { status: 429, body: { detail: "slow down" } }, "status 429: slow down"],
    ["answers nothing", null, "other side closed"],
  ])("have no data where the server %s", async (_what, answer, detail) => {
    const { url } = await startFakeSentry(() => answer);
    expect(await look(url)).toMatchObject({ result: "no-data", onNoData: "fail", detail });
  });

  it("have no data where something else answers than Sentry", async () => {
    const port = await serve((_request, response) => response.end("{}"));
    const detail = "the answer is no list of issues";
    expect(await look(`http://127.0.0.1:${port}`)).toMatchObject({ result: "no-data", onNoData: "fail", detail });
  });

  it("have no data without the right token, which is never shown", async () => {
    const { url } = await startFakeSentry(() => ({ status: 200, body: [] }));
    const wrong = await look(url, { token: "wrong" });
    expect(wrong).toMatchObject({ result: "no-data", detail: "status 401: Invalid token" });
    expect(await look(url, { token: "${env:NOT_SET}" })).toMatchObject({
      detail: "NOT_SET is not set in the environment",
    });
    expect((await look(url)).result).toBe("pass");
  });

  it("count by level, events and project", () => {
    const check = aSentryCheck({ sentry: access("http://sentry") });
    const judged = (changes: object) => judgeSentry(check, readIssues([anIssue(changes)]) ?? []).result;
    expect(judged({})).toBe("fail");
    expect(judged({ level: "warning" })).toBe("pass");
    expect(judged({ count: "2" })).toBe("pass");
    expect(judged({ project: { slug: "other" } })).toBe("pass");
    expect(readIssues([anIssue({ count: undefined })])).toBeNull();
    expect(
      nextCursor('<a>; rel="previous"; results="true"; cursor="1", <b>; rel="next"; results="false"; cursor="2"'),
    ).toBeNull();
  });
});

describe("telling Sentry of a release", () => {
  const deploy = {
    stack: "shop",
    release: "v2",
    commit: "abc",
    startedAt: new Date("2026-01-01T00:00:00Z"),
    finishedAt: new Date("2026-01-01T00:01:00Z"),
  };
  const record = (url: string, changes: Partial<SentryAccess> = {}) =>
    recordSentryDeploy({ clock, environment }, access(url, changes), deploy);

  it("makes it known, and its deployment, also where it is known already", async () => {
    let isKnown = false;
    const { calls, bodies, url } = await startFakeSentry((call, body) => {
      if (call.endsWith("/deploys/")) return { status: 201, body: aDeploy(body) };
      return { status: isKnown ? 208 : 201, body: aRelease("shop@v2") };
    });
    expect(await record(url)).toBeNull();
    isKnown = true;
    expect(await record(url)).toBeNull();
    expect(calls).toEqual([
      "POST /api/0/organizations/acme/releases/",
      "POST /api/0/organizations/acme/releases/shop@v2/deploys/",
      "POST /api/0/organizations/acme/releases/",
      "POST /api/0/organizations/acme/releases/shop@v2/deploys/",
    ]);
    const dates = { dateStarted: "2026-01-01T00:00:00.000Z", dateFinished: "2026-01-01T00:01:00.000Z" };
    expect(bodies.slice(0, 2)).toEqual([
      { version: "shop@v2", projects: ["web"], ref: "abc", dateReleased: dates.dateFinished },
      { environment: "production", projects: ["web"], ...dates },
    ]);
  });

  it("says why it could not, and never throws for it", async () => {
    const { url } = await startFakeSentry(() => ({ status: 403, body: { detail: "no scope" } }));
    expect(await record(url)).toBe("status 403: no scope");
    expect(await record("http://127.0.0.1:1")).not.toBeNull();
    expect(await record(url, { projects: [] })).toContain("sentry.projects");
  });
});
