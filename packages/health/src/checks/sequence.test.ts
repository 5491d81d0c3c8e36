import type { IncomingMessage, ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import type { SequenceCheck, SequenceStep } from "@sluice/core";
import { describe, expect, it } from "vitest";
import { aContainer, aTarget } from "../../test/checks.ts";
import { createFakeClock } from "../../test/fake-clock.ts";
import { createLocalExec } from "../../test/local-exec.ts";
import { serve } from "../../test/servers.ts";
import { createProber, type ProberOptions } from "../prober.ts";

const token = "token-4711-é";

function aStep(changes: Partial<SequenceStep> = {}): SequenceStep {
  const expected = { status: [], json: {} };
  return { name: "step", method: "GET", path: "/", headers: {}, expect: expected, capture: {}, ...changes };
}

function aSequence(...steps: readonly SequenceStep[]): SequenceCheck {
  const common = { service: "web", timeoutMs: 5_000, successes: 1, retries: 0, onNoData: "fail" } as const;
  return { ...common, type: "sequence", name: "buy", steps };
}

async function probe(check: SequenceCheck, port: number, options: Partial<ProberOptions> = {}) {
  const secrets: string[] = [];
  const prober = createProber({
    exec: createLocalExec(),
    clock: createFakeClock(),
    inspect: () => Promise.resolve(aContainer()),
    onSecrets: (values) => secrets.push(...values),
    ...options,
  });
  const doors = { web: { container: "door", port, previewSecret: "preview-secret" } };
  return { verdict: await prober.probe(check, aTarget({ doors })), secrets };
}

/** A shop: whoever logs in gets a token and a cookie, and needs both. */
function shop(total: number) {
  const seen: string[] = [];
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const { method = "", url = "", headers } = request;
    seen.push(`${method} ${url} ${String(headers["x-sluice-slot"])}`);
    const body = await text(request);
    if (url === "/login") {
      const { password } = JSON.parse(body) as { password: string };
      if (password !== "open sesame" || headers["content-type"] !== "application/json") {
        return response.writeHead(401).end();
      }
      response.setHeader("Set-Cookie", ["session=s-123456; Path=/; Secure; HttpOnly", "old=1; Max-Age=0"]);
      return response.end(JSON.stringify({ user: { token } }));
    }
    if (headers.cookie !== "session=s-123456" || headers.authorization !== `Bearer ${encodeURIComponent(token)}`) {
      return response.writeHead(403).end(`not with ${String(headers.authorization)} ${String(headers.cookie)}`);
    }
    if (url.startsWith("/basket")) return response.writeHead(302, { Location: `/pay?for=${body}` }).end();
    return response.end(JSON.stringify({ total, items: [{ id: 7 }], echo: headers.authorization }));
  };
  return { seen, port: serve((request, response) => void answer(request, response)) };
}

const steps = [
  aStep({
    name: "log in",
    method: "POST",
    path: "/login",
    json: { password: "${env:PASSWORD}" },
    capture: { token: { from: "json", at: "$.user.token", secret: true } },
  }),
  aStep({
    name: "basket",
    method: "PUT",
    path: "/basket/${token}",
    headers: { authorization: "Bearer ${bearer}" },
    body: "x",
    capture: { next: { from: "header", at: "Location", secret: false } },
  }),
  aStep({
    name: "pay",
    path: "${next}",
    headers: { authorization: "Bearer ${bearer}" },
    expect: { status: [200], contains: "total", json: { "$.total": 42, "$.items[0]": { id: 7 } } },
  }),
].map((step) => ({
  ...step,
  // A header is ASCII: the token goes there as it stands in a URL.
  headers: Object.fromEntries(
    Object.entries(step.headers).map(([name, value]) => [name, value.replace("${bearer}", encodeURIComponent(token))]),
  ),
}));
const environment = { PASSWORD: "open sesame" };

describe("a sequence", () => {
  it("goes step by step with cookies and captured values, through the door", async () => {
    const { seen, port } = shop(42);
    const { verdict, secrets } = await probe(aSequence(...steps), await port, { environment });
    expect(verdict).toMatchObject({ check: "buy", result: "pass", limit: "all 3 steps as expected", n: 1 });
    expect(verdict.value).toMatch(/^3 steps in \d+ ms$/);
    expect(seen).toEqual([
      "POST /login green",
      `PUT /basket/${encodeURIComponent(token)} green`,
      "GET /pay?for=x green",
    ]);
    expect(secrets).toEqual(["open sesame", token]);
  });

  it("names the step that failed with value and limit, and masks what was captured", async () => {
    const { verdict } = await probe(aSequence(...steps), await shop(41).port, { environment });
    expect(verdict).toMatchObject({
      result: "fail",
      value: "step 3 of 3 (pay): $.total is 41",
      limit: "$.total = 42",
      detail: expect.stringContaining("[redacted]"),
    });
    expect(JSON.stringify(verdict)).not.toContain(encodeURIComponent(token));
  });

  it("ends with the first step that is not as expected", async () => {
    const { seen, port } = shop(42);
    const { verdict } = await probe(aSequence(...steps), await port, { environment: { PASSWORD: "wrong one" } });
    expect(verdict).toMatchObject({ result: "fail", value: "step 1 of 3 (log in): status 401" });
    expect(seen).toHaveLength(1);
  });

  it("has no data when the environment lacks what it needs", async () => {
    const { seen, port } = shop(42);
    const { verdict } = await probe(aSequence(...steps), await port);
    expect(verdict).toMatchObject({
      result: "no-data",
      onNoData: "fail",
      value: "step 1 of 3 (log in): not sent",
      detail: "PASSWORD is not set in the environment",
    });
    expect(seen).toEqual([]);
  });

  it("has one time for all, and says in which step it ended", async () => {
    const clock = createFakeClock();
    const port = await serve((request, response) => (request.url === "/slow" ? clock.advance(5_000) : response.end()));
    const check = aSequence(aStep(), aStep({ name: "slow", path: "/slow" }));
    expect((await probe(check, port, { clock })).verdict).toMatchObject({
      result: "fail",
      value: "step 2 of 2 (slow): nothing within 5s",
    });
  });

  it("shows no half of a secret where an answer is cut", async () => {
    const secret = "s".repeat(100);
    const port = await serve((request, response) =>
      request.url === "/" ? response.end(secret) : response.writeHead(500).end(`${"x".repeat(250)}${secret}`),
    );
    const capture = { all: { from: "regex", at: "s+", secret: true } } as const;
    const { verdict } = await probe(aSequence(aStep({ capture }), aStep({ path: "/again" })), port);
    expect(verdict).toMatchObject({ result: "fail", detail: expect.stringContaining("x[redacted]") });
    expect(verdict.detail).not.toContain("ss");
  });

  it("shows no half of a secret where a value is cut", async () => {
    const body = JSON.stringify({ user: { name: "a b", token: "s".repeat(100) } });
    const port = await serve((_request, response) => response.end(body));
    const expected = { status: [], json: { "$.user": {} } };
    const { verdict } = await probe(aSequence(aStep({ expect: expected })), port);
    expect(verdict).toMatchObject({ result: "fail", value: 'step 1 of 1 (step): $.user is {"name":"a b","token":" …' });
  });

  it("fails where an answer lacks what is to be captured, or is none", async () => {
    const port = await serve((_request, response) => response.end("no JSON"));
    const capture = { id: { from: "json", at: "$.id", secret: true } } as const;
    expect((await probe(aSequence(aStep({ capture })), port)).verdict).toMatchObject({
      result: "fail",
      value: "step 1 of 1 (step): no id in the answer",
      limit: "json $.id",
      detail: "the body is not JSON",
    });
    expect((await probe(aSequence(aStep()), 1)).verdict).toMatchObject({
      result: "fail",
      value: "step 1 of 1 (step): no connection",
    });
  });
});
