import { expect, it } from "vitest";
import { aConfig, aService } from "../testing/index.ts";
import { parseConfig } from "./parse-config.ts";
import { releaseChecks } from "./release-checks.ts";

const web = aService("web");

it("a sequence becomes a check with every default filled in", () => {
  const config = aConfig({
    checks: [
      {
        onNoData: "warn",
        sequence: [
          { method: "POST", path: "/login", json: { user: "${env:USER}" }, capture: { token: { json: "$.token" } } },
          {
            name: "basket",
            path: "/basket/${token}",
            expect: { status: 200, json: { "$.items[0]": 1 } },
            capture: { id: { header: "X-Id", secret: false } },
          },
        ],
      },
    ],
  });
  expect(releaseChecks(config, [web])[1]).toEqual({
    type: "sequence",
    name: "POST /login, basket",
    service: "web",
    timeoutMs: 5_000,
    successes: 1,
    retries: 0,
    onNoData: "warn",
    steps: [
      {
        name: "POST /login",
        method: "POST",
        path: "/login",
        headers: {},
        json: { user: "${env:USER}" },
        expect: { status: [], json: {} },
        capture: { token: { from: "json", at: "$.token", secret: true } },
      },
      {
        name: "basket",
        method: "GET",
        path: "/basket/${token}",
        headers: {},
        expect: { status: [200], json: { "$.items[0]": 1 } },
        capture: { id: { from: "header", at: "X-Id", secret: false } },
      },
    ],
  });
});

it.each([
  ['[{ path: "/a/${id}" }]', "${id} is captured by no step before"],
  ['[{ path: "/a", headers: { x: "${id}" }, capture: { id: { json: $.id } } }]', "${id} is captured by no step before"],
  ['[{ path: /a, capture: { id: { json: "items[0]" } } }]', "expected a JSON path such as"],
  ["[{ path: /a, capture: { id: { json: $.id, cookie: id } } }]", "expected exactly one of json, header, cookie"],
  ['[{ path: /a, capture: { id: { regex: "(a" } } }]', "expected a regular expression"],
  ["[{ path: /a, capture: { id: { regex: '(?<=a)b' } } }]", "without lookaround and back-references"],
  ["[{ path: /a, capture: { id: { regex: '(a)\\1' } } }]", "without lookaround and back-references"],
  ["[{ path: /a, expect: { json: { total: 1 } } }]", "sequence.0.expect.json.total: "],
  ["[{ path: /a, body: x, json: 1 }]", "expected body or json, not both"],
  ["[{ path: a }]", "expected a path that begins with /"],
  ["[]", "checks.0.sequence: "],
  ["[{ path: /a, expects: {} }]", "unknown key"],
])("%s is a mistake", (sequence, message) => {
  expect(() => parseConfig(`checks: [{ sequence: ${sequence} }]`, "sluice.yaml")).toThrow(message);
});

it("takes values of the environment, what was captured before, and what is only written like it", () => {
  const sequence = [
    { path: "/a?k=${env:KEY}", capture: { id: { regex: "(?i)id=(\\w+)" } } },
    { path: "${id}", body: "$${literal}" },
  ];
  expect(aConfig({ checks: [{ sequence }] }).checks[0]?.sequence).toHaveLength(2);
});
