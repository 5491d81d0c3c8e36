import { onTestFinished } from "vitest";
import { answerProblems, describeCall } from "./sentry-description.ts";
import { serve } from "./servers.ts";

export interface FakeAnswer {
  readonly status: number;
  readonly body: unknown;
  readonly link?: string;
}

export interface FakeSentry {
  readonly url: string;
  /** Method and address, decoded. */
  readonly calls: readonly string[];
  readonly bodies: readonly unknown[];
}

export const sentryToken = "s3cret-sentry-token";

export const anIssue = (changes: object = {}) => ({
  id: "1",
  shortId: "WEB-1",
  title: "TypeError: price is undefined",
  level: "error",
  status: "unresolved",
  count: "14",
  firstSeen: "2026-01-01T00:00:00Z",
  project: { id: "2", name: "Web", slug: "web", platform: null },
  ...changes,
});

export const aRelease = (version: string) => ({
  id: 7,
  version,
  shortVersion: version,
  status: "open",
  newGroups: 0,
  projects: [],
  deployCount: 0,
  commitCount: 0,
});

export const aDeploy = (body: unknown) => ({ id: "9", name: null, url: null, dateStarted: null, ...(body as object) });

/**
 * Stands in for Sentry until the test is over. Requests and answers are checked against Sentry's public description: what is
 * not described fails the test.
 *
 * @param answer `null` breaks the connection
 */
export async function startFakeSentry(answer: (call: string, body: unknown) => FakeAnswer | null): Promise<FakeSentry> {
  const calls: string[] = [];
  const bodies: unknown[] = [];
  const problems: string[] = [];
  const port = await serve((request, response) => {
    let text = "";
    request.on("data", (chunk) => (text += String(chunk)));
    request.on("end", () => {
      const url = new URL(request.url ?? "", "http://sentry");
      const body: unknown = text === "" ? undefined : JSON.parse(text);
      const call = `${request.method} ${decodeURIComponent(`${url.pathname}${url.search}`.replaceAll("+", " "))}`;
      calls.push(call);
      bodies.push(body);
      const described = describeCall(request.method ?? "", url, body);
      problems.push(...(described ? described.problems : [`${call} is not described`]));
      const isKnown = request.headers.authorization === `Bearer ${sentryToken}`;
      const given = isKnown ? answer(call, body) : { status: 401, body: { detail: "Invalid token" } };
      if (given === null) return void response.destroy();
      if (described) problems.push(...answerProblems(described.call, given.status, given.body));
      if (given.link) response.setHeader("link", given.link);
      response.writeHead(given.status, { "content-type": "application/json" }).end(JSON.stringify(given.body));
    });
  });
  onTestFinished(() => {
    if (problems.length > 0) throw new Error(`Sentry does not describe:\n${problems.join("\n")}`);
  });
  return { url: `http://127.0.0.1:${port}/`, calls, bodies };
}
