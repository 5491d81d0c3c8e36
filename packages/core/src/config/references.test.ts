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

  it("take nothing else for one", () => {
    expect(resolveReferences("$HOME costs $5", {}).value).toBe("$HOME costs $5");
    expect(["${A}", "a$b", "", "x${A_1}y"].filter((text) => !hasOnlyReferences(text))).toEqual([]);
    expect(["${", "${A-B}", "${A:-x}", "${}"].filter(hasOnlyReferences)).toEqual([]);
  });
});

describe("a notify section", () => {
  const problem = (text: string) => {
    try {
      parseConfig(text, "sluice.yaml");
    } catch (error) {
      return isSluiceError(error) ? error.message : String(error);
    }
    return "none";
  };
  const channel = (text: string) => problem(`notify: { channels: { team: ${text} } }`);

  it("has channels of exactly one kind each, which tell of plans and every ending", () => {
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
