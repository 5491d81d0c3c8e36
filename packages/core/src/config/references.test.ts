import { describe, expect, it } from "vitest";
import { isSluiceError } from "../errors/sluice-error.ts";
import { parseConfig } from "./parse-config.ts";
import { hasOnlyReferences, resolveReferences } from "./references.ts";

describe("references to the environment", () => {
  it("are filled in wherever they are, and named where they cannot be", () => {
    const given = { url: "https://${HOST}/${PATH_PART}", to: ["${MAIL}", "x"], port: 25, off: null };
    expect(resolveReferences(given, { HOST: "example.com", PATH_PART: "s3cret", MAIL: "" })).toEqual({
      value: { url: "https://example.com/s3cret", to: ["", "x"], port: 25, off: null },
      missing: ["MAIL"],
    });
  });

  it("are written alike in checks and everywhere else: env: may always be there", () => {
    expect(resolveReferences("${env:HOST}:${PORT}", { HOST: "a", PORT: "1" }).value).toBe("a:1");
    expect(resolveReferences({ url: "${env:HOOK}" }, {}).missing).toEqual(["HOOK"]);
    expect(["${env:A}", "x${env:A_1}y"].filter((text) => !hasOnlyReferences(text))).toEqual([]);
    expect(["${env:}", "${env:A-B}", "${ENV:A}", "${env:env:A}"].filter(hasOnlyReferences)).toEqual([]);
  });

  it("take nothing else for one", () => {
    expect(resolveReferences("$HOME costs $5", {}).value).toBe("$HOME costs $5");
    expect(["${A}", "a$b", "", "x${A_1}y"].filter((text) => !hasOnlyReferences(text))).toEqual([]);
    expect(["${", "${A-B}", "${A:-x}", "${}"].filter(hasOnlyReferences)).toEqual([]);
  });
});

describe("a secret", () => {
  const sentry = "sentry:\n  organization: acme\n  token: ";

  it.each(["sntrys_4711", "${TOKEN:-x}", '""', "${env:}"])("%s is no reference to it", (token) => {
    expect(problem(`${sentry}${token}\n`)).toContain("sentry.token: expected a reference such as ${env:SENTRY_TOKEN}");
    expect(problem(`github: { token: '${token.replaceAll('"', "")}' }\n`)).toContain(
      "github.token: expected a reference such as ${env:GITHUB_TOKEN}",
    );
  });

  it("is never in the message that refuses it, which says where it is", () => {
    expect(problem(`${sentry}sntrys_4711\n`)).not.toContain("4711");
    expect(() => parseConfig(`${sentry}sntrys_4711\n`, "sluice.yaml")).toThrow(
      expect.objectContaining({ position: { file: "sluice.yaml", line: 3, column: 10 } }),
    );
  });

  it.each(["${env:TOKEN}", "${TOKEN}"])("may be %s in each section", (token) => {
    const text = `sentry: { organization: acme, token: "${token}" }
github: { token: "${token}" }
notify: { channels: { team: { slack: { url: "${token}" } } } }
`;
    expect(problem(text)).toBe("none");
  });
});

describe("a check", () => {
  it.each([
    ["http: { path: '/a?k=${KEY}' }", "checks.0.http.path: ${KEY} stands for nothing here"],
    ["http: { path: /, headers: { a: '${env:A-B}' } }", "checks.0.http.headers.a: ${env:A-B} stands for nothing here"],
    ["http: { path: /, contains: '${x}' }", "checks.0.http.contains: ${x} stands for nothing here"],
    ["load: { path: /, body: '${x}' }", "checks.0.load.body: ${x} stands for nothing here"],
  ])("refuses what it would send as it is written: %s", (check, message) => {
    expect(problem(`checks: [{ service: web, ${check} }]\n`)).toContain(message);
  });

  it("sends ${ itself where that is meant", () => {
    expect(problem("checks: [{ http: { path: /, body: '$${literal} and ${env:KEY}' } }]\n")).toBe("none");
  });
});

it.each([
  ['release: "shop@${env:VERSION}"', "sentry.release: ${env:VERSION} is none of ${release}, ${stack}"],
  ['environment: "${env:STAGE}"', "sentry.environment: expected the name itself"],
])("what Sentry would be told as it is written is refused: %s", (setting, message) => {
  expect(problem(`sentry: { organization: acme, token: "\${env:T}", ${setting} }\n`)).toContain(message);
});

describe("a notify section", () => {
  const channel = (text: string) => problem(`notify: { channels: { team: ${text} } }`);

  it("has channels of exactly one kind each, which tell of plans, every ending and every alarm", () => {
    const { notify } = parseConfig('notify: { channels: { team: { slack: { url: "${HOOK}" } } } }', "sluice.yaml");
    expect(notify.channels["team"]?.on).toEqual([
      "planned",
      "live",
      "failed",
      "rolled-back",
      "needs-person",
      "interrupted",
      "window-closed",
      "waits-for-person",
      "checks-failed",
      "backup-failed",
    ]);
    expect(notify.timeout).toBe(10_000);
  });

  it.each([
    ["{}", "exactly one of webhook, slack"],
    ["{ slack: { url: https://a }, teams: { url: https://b } }", "exactly one of webhook, slack"],
    ["{ slack: { url: hooks.example.com } }", "expected an http or https address"],
    ["{ slack: { url: '${HOOK:-x}' } }", "expected a reference"],
    ["{ slack: { url: https://a, token: x } }", "unknown key"],
    ["{ slack: { url: https://a }, on: [success] }", "notify.channels.team.on.0"],
    ["{ slack: { url: https://a }, on: [checks-mended] }", "notify.channels.team.on.0"],
    ["{ webhook: { url: https://a } }", "notify.channels.team.webhook.secret"],
    ["{ email: { host: mx, from: a@b, to: [] } }", "notify.channels.team.email.to"],
    ["{ email: { host: mx, from: a@b, to: [c@d], user: u } }", "user and password both"],
  ])("refuses %s", (text, message) => {
    expect(channel(text)).toContain(message);
  });

  it("refuses titles and notes that name what there is not", () => {
    expect(problem('notify: { titles: { live: "{stack} {tag}" } }')).toContain("expected only {stack}");
    expect(problem('notify: { titles: { live: "{stack} {release}" } }')).toBe("none");
    expect(problem('notify: { titles: { won: "x" } }')).toContain("notify.titles");
    expect(problem('notify: { notes: { failed: "{runbook}" } }')).toContain("expected only {stack}");
  });

  it("refuses windows that say nothing", () => {
    expect(problem("windows: { timezone: Mars/Olympus }")).toContain("name of a time zone");
    expect(problem("windows: { open: [weekdays] }")).toContain("mon-thu 09:00-16:00");
    expect(problem("windows: { holidays: [2026-02-30] }")).toContain("a date such as");
    expect(problem("windows: { freezes: [{ from: 2026-02-02, until: 2026-02-01, reason: x }] }")).toContain(
      "ends after",
    );
    expect(problem("windows: { freezes: [{ from: 2026-02-01T25:00, until: 2026-02-02, reason: x }] }")).toContain(
      "date or time",
    );
    expect(problem("windows: { freezes: [{ from: 2026-02-01, until: 2026-02-01, reason: x }] }")).toBe("none");
  });
});

function problem(text: string): string {
  try {
    parseConfig(text, "sluice.yaml");
  } catch (error) {
    return isSluiceError(error) ? error.message : String(error);
  }
  return "none";
}
