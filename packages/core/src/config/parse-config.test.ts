import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isSluiceError } from "../errors/sluice-error.ts";
import { formatDuration, parseDuration } from "./duration.ts";
import { defaultConfig, environmentNames, parseConfig } from "./parse-config.ts";

function failure(text: string, environment?: string) {
  try {
    parseConfig(text, "sluice.yaml", environment);
  } catch (error) {
    if (isSluiceError(error)) return error;
    throw error;
  }
  throw new Error("expected a mistake to be found");
}

describe("a configuration", () => {
  it("needs no key at all", () => {
    expect(parseConfig("", "sluice.yaml")).toEqual(defaultConfig());
    expect(defaultConfig().rollout.steps.at(-1)).toEqual({ share: 100, for: 0, approval: false });
  });

  it("reads durations in Compose syntax and bare shares", () => {
    const { rollout, traffic } = parseConfig(
      "rollout: { steps: [5, { share: 50, for: 1m30s }, 100], bake: 0s }\ntraffic: { drain: { timeout: 10s } }",
      "sluice.yaml",
    );
    expect(rollout.steps).toMatchObject([
      { share: 5, for: 0 },
      { share: 50, for: 90_000 },
      { share: 100, for: 0 },
    ]);
    expect(rollout.bake).toBe(0);
    expect(traffic.drain.timeout).toBe(10_000);
  });

  it("lays the values of an environment over the rest", () => {
    const text = "rollout: { bake: 5m }\nenvironments:\n  staging:\n    rollout: { bake: 0s }\n";
    expect(parseConfig(text, "sluice.yaml").rollout.bake).toBe(300_000);
    expect(parseConfig(text, "sluice.yaml", "staging").rollout.bake).toBe(0);
  });

  it("may name a service without a word of it, there or in an environment", () => {
    const text =
      "services:\n  web: { port: 80 }\n  worker:\n    # role: worker\nenvironments:\n  staging:\n    services:\n      web:\n";
    const services = { web: { port: 80 }, worker: {} };
    expect(parseConfig(text, "sluice.yaml").services).toEqual(services);
    expect(parseConfig(text, "sluice.yaml", "staging").services).toEqual(services);
    expect(failure("services: { web: 1 }\n").message).toMatch(/^services\.web: /);
    expect(failure("services: [web]\n").message).toMatch(/^services: /);
  });

  it("may have environments without settings of their own", () => {
    const text = "rollout: { bake: 5m }\nenvironments:\n  staging:\n  production: {}\n";
    expect(parseConfig(text, "sluice.yaml", "staging").rollout.bake).toBe(300_000);
    expect(environmentNames(text, "sluice.yaml")).toEqual(["staging", "production"]);
    expect(parseConfig("environments:\n", "sluice.yaml")).toEqual(defaultConfig());
    expect(failure("environments:\n", "staging").message).toContain('"staging" is not described');
  });

  it.each([
    [
      "another kind replaces the whole",
      "{ cookie: { domain: example.com } }",
      "{ header: x-session }",
      { header: "x-session" },
    ],
    [
      "and the other way round",
      "{ header: x-session }",
      "{ cookie: { domain: a.org } }",
      { cookie: { domain: "a.org" } },
    ],
    ["a bare word replaces a map", "{ header: x-session }", "none", "none"],
    [
      "the same kind is laid over key by key",
      "{ cookie: { domain: a.org } }",
      "{ cookie: {} }",
      { cookie: { domain: "a.org" } },
    ],
  ])("an environment changes a setting that has kinds: %s", (_title, common, staging, expected) => {
    const text = `traffic: { sticky: ${common} }\nenvironments: { staging: { traffic: { sticky: ${staging} } } }\n`;
    expect(parseConfig(text, "sluice.yaml", "staging").traffic.sticky).toEqual(expected);
  });

  it("a mistake in a kind of an environment is still found", () => {
    const text =
      "traffic: { sticky: { header: x } }\nenvironments: { staging: { traffic: { sticky: { heder: x } } } }\n";
    expect(failure(text, "staging").code).toBe("CONFIG_INVALID");
  });
});

describe("a mistake in a configuration names file, line and column", () => {
  it.each([
    ["an unknown key", "rollout:\n  bake: 1m\n  bakee: 2m\n", { line: 3, column: 3 }, "rollout.bakee: unknown key"],
    ["an unknown key at the top", "rollouts: {}\n", { line: 1, column: 1 }, "rollouts: unknown key"],
    ["a wrong duration", "rollout:\n  bake: soon\n", { line: 2, column: 9 }, "expected a duration"],
    ["a wrong type in a service", "services:\n  web:\n    port: abc\n", { line: 3, column: 11 }, "services.web.port"],
    [
      "a setting that must be there",
      "checks:\n  - http: {}\n",
      { line: 2, column: 11 },
      "checks.0.http.path: missing, expected a text",
    ],
    [
      "a secret that must be there",
      "notify: { channels: { team: { webhook: { url: 'https://a.example' } } } }\n",
      { line: 1, column: 40 },
      "webhook.secret: expected a text, or a reference such as ${env:WEBHOOK_SECRET}",
    ],
    ["shares that fall", "rollout:\n  steps: [50, 5, 100]\n", { line: 2, column: 10 }, "only grow"],
    ["a share that no door can have", "rollout:\n  steps: [33.333, 100]\n", { line: 2, column: 10 }, "steps of 0.01"],
    ["looks without a pause", "analysis:\n  interval: 0s\n", { line: 2, column: 13 }, "at least 100ms"],
    [
      "looks of a check without a pause",
      "checks:\n  - service: web\n    interval: 50ms\n    resources: {}\n",
      { line: 3, column: 15 },
      "at least 100ms",
    ],
    ["broken YAML", "rollout: [\n", { line: 2, column: 1 }, ""],
    ["a duplicate key", "rollout: {}\nrollout: {}\n", { line: 2, column: 1 }, "unique"],
    [
      "a mistake in an environment",
      "environments:\n  staging:\n    rollout:\n      bake: x\n",
      { line: 4, column: 13 },
      "duration",
    ],
    ["no map of settings", "\n- rollout\n", { line: 2, column: 1 }, "expected a map of settings"],
    [
      "environments that are none",
      "rollout: {}\nenvironments: [staging]\n",
      { line: 2, column: 15 },
      "environments: expected a map of settings",
    ],
    [
      "an environment that is none",
      "environments:\n  staging:\n  production: live\n",
      { line: 3, column: 15 },
      "environments.production: expected a map of settings",
    ],
  ])("%s", (_title, text, position, message) => {
    const error = failure(text);
    expect(error.code).toBe("CONFIG_INVALID");
    expect(error.position).toEqual({ file: "sluice.yaml", ...position });
    expect(error.message).toContain(message);
  });

  it.each([
    ["rollout: { bakee: 1m }", "12 rollout.bakee: unknown key; did you mean bake?"],
    ["checks: [{ tcp: { prt: 5432 } }]", "19 checks.0.tcp.prt: unknown key; did you mean port?"],
    ["preflight: { reserve: 1g }", "14 preflight.reserve: unknown key; known here: minFreeDisk"],
    [
      "rollout: { onFail: rolback }",
      '20 rollout.onFail: expected rollback or pause, not "rolback"; did you mean rollback?',
    ],
    ["traffic: { driver: nginx }", '20 traffic.driver: expected haproxy or caddy, not "nginx"'],
    ["rollout: { onFail: }", "20 rollout.onFail: expected rollback or pause, not nothing"],
    ["rollout: { bake: 5 }", "18 rollout.bake: expected a duration such as 500ms, 30s or 1m30s"],
    ["rollout: { bake: 5 min }", "18 rollout.bake: expected a duration such as 500ms, 30s or 1m30s"],
    [
      "preflight: { minFreeDisk: 5x }",
      "27 preflight.minFreeDisk: expected a size such as 512m, 1g or 64MiB, or a number of bytes",
    ],
    ["rollout: []", "10 rollout: expected a map of settings, not a list"],
    ["services: { web: webb }", "18 services.web: expected a map of settings, not a text"],
    ["services: { web: { port: abc } }", '26 services.web.port: expected a number, not "abc"'],
    ["services: { web: { port: 99999999 } }", "26 services.web.port: expected at most 65535, not 99999999"],
    ["releases: { keep: 1.5 }", "19 releases.keep: expected a whole number, not 1.5"],
    ["releases: { keep: -1 }", "19 releases.keep: expected at least 2, not -1"],
    ["releases: { allowPrerelease: yes }", '30 releases.allowPrerelease: expected true or false, not "yes"'],
    ["checks: { http: { path: / } }", "9 checks: expected a list, not a map"],
    ["checks: [{ command: { run: [] } }]", "28 checks.0.command.run: expected a list that is not empty"],
    ["database: { name: '' }", "19 database.name: expected a text that is not empty"],
  ])("says what was expected, and what may have been meant: %s", (text, expected) => {
    const { position, message } = failure(text);
    expect(`${position?.column} ${message}`).toBe(expected);
  });

  it("says it of each key that is unknown", () => {
    const { message, detail } = failure("rollout:\n  bakee: 1m\n  onfail: pause\n");
    expect(message).toBe("rollout.bakee: unknown key; did you mean bake?");
    expect(detail).toBe("sluice.yaml:3:3: rollout.onfail: unknown key; did you mean onFail?");
  });

  it("shows no text that may be a secret at the wrong place", () => {
    expect(failure("notify: { channels: { team: { slack: s3cr3t } } }").message).not.toContain("s3cr3t");
  });

  it("an environment that is one slip away", () => {
    expect(failure("environments: { staging: {} }", "stagin").message).toContain("did you mean staging?");
  });

  it("an environment that is not described", () => {
    expect(failure("rollout: {}\n", "staging").message).toContain('"staging"');
  });

  it("whatever the text is, only CONFIG_INVALID is thrown", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json(),
          fc.string({
            unit: fc.constantFrom(
              "{",
              "}",
              "[",
              "]",
              ":",
              "-",
              " ",
              "\n",
              "\t",
              "a",
              "'",
              '"',
              "&",
              "*",
              "!",
              "|",
              ">",
            ),
          }),
        ),
        (text) => {
          try {
            parseConfig(text, "sluice.yaml");
          } catch (error) {
            if (!isSluiceError(error) || error.code !== "CONFIG_INVALID") throw error;
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe("durations", () => {
  it("survive being formatted and parsed, to the precision shown", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 86_400 }), (seconds) => {
        expect(parseDuration(formatDuration(seconds * 1_000))).toBe(seconds * 1_000);
      }),
    );
  });
  it.each(["", "5", "s", "1d", "-1s", "1m 30s"])("%j is not one", (text) => {
    expect(parseDuration(text)).toBeUndefined();
  });
});
