import { expect, it } from "vitest";
import { parseConfig } from "./parse-config.ts";

const expectRefused = (text: string, message: string, at: readonly [line: number, column: number]) => {
  expect(() => parseConfig(text, "sluice.yaml")).toThrow(
    expect.objectContaining({
      code: "CONFIG_INVALID",
      message: expect.stringContaining(message),
      position: { file: "sluice.yaml", line: at[0], column: at[1] },
    }),
  );
};

it.each([
  ["traffic:\n  sticky: { header: bad header }\n", "sticky.header: expected the name of a header", [2, 21]],
  ["traffic:\n  sticky: { cookie: { domain: http://x y } }\n", "domain: expected a domain such as", [2, 31]],
  ["services:\n  web: { health: { path: /a b } }\n", "health.path: expected a plain path", [2, 26]],
  ['services:\n  web: { health: { path: "/a\\r\\nb" } }\n', "health.path: expected a plain path", [2, 26]],
  ['services:\n  web: { https: { hosts: [a.b], email: "o\'a@a.org" } }\n', "email: expected an address", [2, 40]],
  ["services:\n  web: { startTimeout: 0s }\n", "startTimeout: expected at least 1ms", [2, 24]],
  ["rollout:\n  approval: { timeout: 0s }\n", "approval.timeout: expected at least 1ms", [2, 24]],
] as const)("what no door and no release can have is refused where it is written: %j", expectRefused);

it.each([
  ["http: { path: /, status: 2000 }", "http.status: expected a status from 100 to 599", 32],
  ["http: { path: /, status: [200, 99] }", "http.status.1: expected a status from 100 to 599", 38],
  ["load: { path: /, expect: { status: 0 } }", "status: expected a status from 100 to 599", 42],
  ["timeout: 0s, http: { path: / }", "timeout: expected at least 1ms", 16],
  ["http: { path: /, maxTime: 0s }", "maxTime: expected at least 1ms", 33],
  ["load: { path: /, expect: { p95: 0s } }", "p95: expected at least 1ms", 39],
  ["resources: { growth: { window: 0s } }", "growth.window: expected at least 1ms", 38],
  ["http: { path: /a b }", "path: expected a path without spaces", 21],
  ['http: { path: "/${env:A}\\r\\n" }', "path: expected a path without spaces", 21],
  ["load: { path: /a b }", "path: expected a path without spaces", 21],
  ["sequence: [{ path: /a b }]", "path: expected a path without spaces", 26],
  ["http: { path: /, headers: { bad header: x } }", "headers.bad header: expected the name of a header", 35],
  ["http: { path: /, header: { bad header: x } }", "header.bad header: expected the name of a header", 34],
  ["sequence: [{ path: /, headers: { a b: x } }]", "headers.a b: expected the name of a header", 40],
  ['http: { path: /, headers: { a: "x\\r\\ny" } }', "headers.a: expected a header's value: one line", 38],
  ["sequence: [{ path: /, capture: { x: { header: a b } } }]", "header: expected the name of a header", 53],
  ["http: { path: /, method: GET T }", "method: expected a method such as GET", 32],
  ["sequence: [{ path: /, method: GET T }]", "method: expected a method such as GET", 37],
  ['reachable: ["smtp:99999"]', "reachable.0: expected a port from 1 to 65535", 19],
  ['reachable: ["smtp:0"]', "reachable.0: expected a port from 1 to 65535", 19],
  ["prometheus: { url: prom:9090, query: up, min: 1 }", "url: expected an http or https address", 26],
  ["prometheus: { url: http://p, query: up, min: 2, max: 1 }", "prometheus: expected a min that is not above max", 19],
  ["prometheus: { url: http://p, query: 'up{a=\"${slot\"', min: 1 }", "query: ${ begins a reference", 43],
  ["http: { path: '/${env:NOPE' }", "path: ${ begins a reference that no } ends", 21],
  ["sequence: [{ path: /, json: { a: '${env:NOPE' } }]", "sequence.0: ${ begins a reference", 18],
  ["interval: 5s, http: { path: / }", "interval: expected only beside logs, resources", 17],
] as const)("a check that could only fail is refused where it is written: { %s }", (check, message, column) => {
  expectRefused(`checks:\n  - { ${check} }\n`, message, [2, column]);
});

it("what only the filled-in value can tell is left to it", () => {
  const text = `checks:
  - http: { path: "/\${env:PATH_PART}", headers: { x-key: "\${env:KEY}" }, header: { x-key: "" }, contains: "$\${ and \${env:A}" }
  - sequence: [{ path: "\${env:WAY}", capture: { to: { json: $.to } } }, { path: "\${to}" }]
  - { prometheus: { url: "\${env:PROMETHEUS}", query: up, min: 1, max: 1 }, interval: 5s }
`;
  expect(parseConfig(text, "sluice.yaml").checks).toHaveLength(3);
});

const sticky = "expected cookie, ip, none, { cookie: { domain: example.com } } or { header: x-session }";
it.each([
  [
    "checks:\n  - http: { path: /, status: '200' }\n",
    "http.status: expected a status from 100 to 599, or a list",
    [2, 30],
  ],
  [
    "checks:\n  - http: { path: /, status: 2xx }\n",
    "http.status: expected a status from 100 to 599, or a list",
    [2, 30],
  ],
  ["checks:\n  - sequence: [{ path: /, expect: { json: { foo: 1 } } }]\n", "json.foo: expected a JSON path", [2, 45]],
  ["traffic: { sticky: session }\n", `traffic.sticky: ${sticky}`, [1, 20]],
  ["traffic: { proxyLabels: [''] }\n", "proxyLabels.0: expected what names of labels begin with", [1, 26]],
  [
    "traffic: { proxyLabels: [com.docker.lb., com.docker.] }\n",
    "proxyLabels.1: expected what names of labels",
    [1, 42],
  ],
  ["traffic: { proxyLabels: [dev.sluice.] }\n", "proxyLabels.0: expected what names of labels", [1, 26]],
  ["traffic: { sticky: {} }\n", `traffic.sticky: ${sticky}`, [1, 20]],
  ["traffic: { sticky: { heder: x } }\n", "traffic.sticky.heder: unknown key", [1, 22]],
  ['rollout: { steps: "5:30s,100" }\n', "rollout.steps: expected auto, or a list of steps such as", [1, 19]],
  ["rollout: { steps: [5, half, 100] }\n", "rollout.steps.1: expected percent of the users", [1, 23]],
  ["rollout: { steps: [{ share: 5, hold: 1m }, 100] }\n", "rollout.steps.0.hold: unknown key", [1, 32]],
] as const)("what may stand in the place of a mistake is said: %j", expectRefused);
