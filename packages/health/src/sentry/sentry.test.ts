import type { IncomingMessage, ServerResponse } from "node:http";
import type { SentryAccess } from "@sluice/core";
import { describe, expect, it, onTestFinished } from "vitest";
import { createFakeLogs, createFakeStats } from "../../test/fake-engine.ts";
import { serve } from "../../test/servers.ts";
import { systemClock as clock } from "../../test/system-clock.ts";
import { aSentryCheck, aWatchTarget } from "../../test/watched-checks.ts";
import { createWatcher, recordSentryDeploy } from "../index.ts";
import { judgeSentry, nextCursor, readIssues } from "../watch/sentry/judge-sentry.ts";

const token = "s3cret-sentry-token";
const environment = { SENTRY_TOKEN: token };

/** A stand-in that answers as the public description of Sentry's API has it. */
async function sentry(handle: (call: string, body: string, response: ServerResponse) => void) {
  const calls: string[] = [];
  const port = await serve((request: IncomingMessage, response) => {
    let body = "";
    request.on("data", (chunk) => (body += String(chunk)));
    request.on("end", () => {
      const call = `${request.method} ${decodeURIComponent((request.url ?? "").replaceAll("+", " "))}`;
      calls.push(call);
      if (request.headers.authorization === `Bearer ${token}`) handle(call, body, response);
      else response.writeHead(401).end('{"detail":"Invalid token"}');
    });
  });
  return { calls, url: `http://127.0.0.1:${port}/` };
}

const access = (url: string, changes: Partial<SentryAccess> = {}): SentryAccess => ({
  url,
  organization: "acme",
  projects: ["web"],
  token: "${env:SENTRY_TOKEN}",
  environment: "production",
  release: "shop@${release}",
  ...changes,
});
const issue = (changes: object = {}) => ({
  id: "1",
  shortId: "WEB-1",
  title: "TypeError: price is undefined",
  level: "error",
  count: "14",
  project: { id: "2", slug: "web" },
  ...changes,
});

describe("new issues of a release", () => {
  const look = async (url: string, changes: Partial<SentryAccess> = {}) => {
    const watcher = createWatcher({ clock, environment, logs: createFakeLogs([]), stats: createFakeStats(() => null) });
    const since = new Date(clock.now().getTime() - 60_000);
    const watching = await watcher.begin(aSentryCheck({ sentry: access(url, changes) }), aWatchTarget({ since }));
    onTestFinished(() => watching[Symbol.asyncDispose]());
    return watching.look(1);
  };

  it("are asked for by the name that the application has for it, over all pages", async () => {
    const { calls, url } = await sentry((call, _body, response) => {
      const isSecond = call.includes("cursor=0:100:0");
      const link = '<https://sentry.io/x>; rel="next"; results="true"; cursor="0:100:0"';
      if (!isSecond) response.setHeader("link", link);
      response.end(JSON.stringify(isSecond ? [issue()] : [issue({ shortId: "WEB-2", level: "info" })]));
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

  it.each<[string, (response: ServerResponse) => void, string]>([
    ["is busy", (response) => response.writeHead(429).end('{"detail":"slow down"}'), "status 429: slow down"],
    ["answers something else", (response) => response.end("{}"), "the answer is no list of issues"],
    ["answers nothing", (response) => response.destroy(), "other side closed"],
  ])("have no data where the server %s", async (_what, answer, detail) => {
    const { url } = await sentry((_call, _body, response) => answer(response));
    expect(await look(url)).toMatchObject({ result: "no-data", onNoData: "fail", detail });
  });

  it("have no data without the right token, which is never shown", async () => {
    const { url } = await sentry((_call, _body, response) => response.end("[]"));
    const wrong = await look(url, { token: "wrong" });
    expect(wrong).toMatchObject({ result: "no-data", detail: "status 401: Invalid token" });
    expect(await look(url, { token: "${env:NOT_SET}" })).toMatchObject({
      detail: "NOT_SET is not set in the environment",
    });
    expect((await look(url)).result).toBe("pass");
  });

  it("count by level, events and project", () => {
    const check = aSentryCheck({ sentry: access("http://sentry") });
    const judged = (changes: object) => judgeSentry(check, readIssues([issue(changes)]) ?? []).result;
    expect(judged({})).toBe("fail");
    expect(judged({ level: "warning" })).toBe("pass");
    expect(judged({ count: "2" })).toBe("pass");
    expect(judged({ project: { slug: "other" } })).toBe("pass");
    expect(readIssues([issue({ count: undefined })])).toBeNull();
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
    const bodies: unknown[] = [];
    const { calls, url } = await sentry((call, body, response) => {
      bodies.push(JSON.parse(body));
      response.writeHead(call.endsWith("/releases/") ? 208 : 201).end("{}");
    });
    expect(await record(url)).toBeNull();
    expect(calls).toEqual([
      "POST /api/0/organizations/acme/releases/",
      "POST /api/0/organizations/acme/releases/shop@v2/deploys/",
    ]);
    const dates = { dateStarted: "2026-01-01T00:00:00.000Z", dateFinished: "2026-01-01T00:01:00.000Z" };
    expect(bodies).toEqual([
      { version: "shop@v2", projects: ["web"], ref: "abc", dateReleased: dates.dateFinished },
      { environment: "production", projects: ["web"], ...dates },
    ]);
  });

  it("says why it could not, and never throws for it", async () => {
    const { url } = await sentry((_call, _body, response) => response.writeHead(403).end('{"detail":"no scope"}'));
    expect(await record(url)).toBe("status 403: no scope");
    expect(await record("http://127.0.0.1:1")).not.toBeNull();
    expect(await record(url, { projects: [] })).toContain("sentry.projects");
  });
});
