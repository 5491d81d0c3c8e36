import { text } from "node:stream/consumers";
import type { HttpCheck, LoadCheck } from "@sluice/core";
import { systemClock as clock } from "@sluice/core/node";
import { describe, expect, it } from "vitest";
import { aContainer, aLoadCheck, anHttpCheck, aTarget } from "../../test/checks.ts";
import { createLocalExec } from "../../test/local-exec.ts";
import { serve } from "../../test/servers.ts";
import { createProber } from "../prober.ts";

const environment = { TOKEN: "t-4711/ü", PART: "a/b?c", EMPTY: "", LINES: "one\ntwo-canary" };
const sent = {
  method: "POST",
  path: "/of/${env:PART}",
  headers: { "X-Token": "${env:PART}" },
  body: '{"token": "${env:TOKEN}", "as it is": "$${TOKEN}"}',
};

async function probe(check: HttpCheck | LoadCheck, port: number) {
  const exec = createLocalExec();
  const secrets = new Set<string>();
  const prober = createProber({
    exec,
    clock,
    inspect: async () => aContainer(),
    environment,
    onSecrets: (values) => values.forEach((value) => secrets.add(value)),
  });
  const doors = { web: { container: "door", port, previewSecret: null } };
  return { verdict: await prober.probe(check, aTarget({ doors })), calls: exec.calls, secrets: [...secrets] };
}

/** Answers with all that it is told. */
async function mirror() {
  const seen = new Set<string>();
  const port = await serve((request, response) => {
    void text(request).then((body) => {
      seen.add(`${request.url} ${String(request.headers["x-token"])} ${body}`);
      response.writeHead(200, { "x-echo": String(request.headers["x-token"]) }).end(`${"x".repeat(295)}${body}`);
    });
  });
  return { seen, port };
}

type Sent = Partial<Pick<HttpCheck, "method" | "path" | "headers" | "body">>;

const kinds: readonly [string, (changes: Sent) => HttpCheck | LoadCheck][] = [
  ["an http check", anHttpCheck],
  ["a load check", (changes) => aLoadCheck({ rate: 10, ...changes })],
];

describe.each(kinds)("what %s sends of the environment", (_kind, aCheck) => {
  it("is its value, which no process list shows, and which is told to be masked", async () => {
    const { seen, port } = await mirror();
    const { verdict, calls, secrets } = await probe(aCheck(sent), port);
    expect(verdict.result).toBe("pass");
    expect([...seen]).toEqual(['/of/a%2Fb%3Fc a/b?c {"token": "t-4711/ü", "as it is": "${TOKEN}"}']);
    expect(JSON.stringify(calls)).not.toMatch(/4711|a\/b|a%2Fb/);
    expect(secrets.toSorted()).toEqual(["a/b?c", "t-4711/ü"]);
  });

  it.each(["NOT_SET", "EMPTY"])("has to be there: %s is named, and nothing is sent", async (name) => {
    const { seen, port } = await mirror();
    const places: readonly Sent[] = [
      { path: `/\${env:${name}}` },
      { headers: { a: `\${env:${name}}` } },
      { body: `\${env:${name}}` },
    ];
    for (const where of places) {
      expect((await probe(aCheck(where), port)).verdict).toMatchObject({
        result: "no-data",
        value: "not sent",
        detail: `${name} is not set in the environment`,
        onNoData: "fail",
      });
    }
    expect([...seen]).toEqual([]);
  });

  it("that no header can hold is not sent, and not shown", async () => {
    const { port } = await mirror();
    const { verdict } = await probe(aCheck({ headers: { a: "${env:LINES}" } }), port);
    expect(verdict).toMatchObject({ result: "no-data", value: "cannot be sent" });
    expect(JSON.stringify(verdict)).not.toContain("canary");
  });
});

describe("an http check that fails", () => {
  it("shows nothing of the environment that the answer repeats, also where it is cut", async () => {
    const { port } = await mirror();
    const { verdict } = await probe(
      anHttpCheck({ ...sent, body: "${env:TOKEN}", expect: { status: [201], headers: {} } }),
      port,
    );
    expect(verdict).toMatchObject({ result: "fail", value: "status 200" });
    expect(JSON.stringify(verdict)).not.toContain("t-47");
    const expected = { status: [], headers: { "x-echo": "another" } };
    const echoed = (await probe(anHttpCheck({ ...sent, expect: expected }), port)).verdict;
    expect(echoed).toMatchObject({
      result: "fail",
      value: "x-echo: [redacted]",
      limit: "status 200 to 399, x-echo: another",
    });
  });

  it("compares with what the environment holds, and says how that was written", async () => {
    const { port } = await mirror();
    const expected = { status: [], body: '"${env:TOKEN}"', headers: { "x-echo": "${env:PART}" } };
    const { verdict } = await probe(anHttpCheck({ ...sent, expect: expected }), port);
    expect(verdict).toMatchObject({
      result: "pass",
      limit: 'status 200 to 399, body with "\\"${env:TOKEN}\\"", x-echo: ${env:PART}',
    });
    const lacking = { status: [], headers: { "x-echo": "${env:NOT_SET}" } };
    expect((await probe(anHttpCheck({ ...sent, expect: lacking }), port)).verdict).toMatchObject({
      result: "no-data",
      detail: "NOT_SET is not set in the environment",
    });
  });
});
