import { endings } from "@sluice/core";
import { describe, expect, it } from "vitest";
import { aNotification } from "../testing/a-notification.ts";
import { toMessage } from "./message.ts";

describe("the message of a notification", () => {
  it("says what happened, what serves, who, why, how long, and where to read on", () => {
    expect(toMessage(aNotification())).toEqual({
      tone: "good",
      title: "✅ shop: v2 is live",
      facts: [
        { label: "Serving", value: "v2 (green, 100 %)" },
        { label: "By", value: "ada" },
        { label: "Reason", value: "release v2" },
        { label: "Took", value: "1m20s" },
        { label: "Longest steps", value: "build release v2 40s, shift web to 5 % 30s, drain slot blue 5s" },
      ],
      link: "https://github.com/o/r/actions/runs/1",
    });
  });

  it("names the cause and the next command of what went wrong", () => {
    const { tone, title, facts } = toMessage(
      aNotification({
        outcome: "needs-person",
        serving: null,
        cause: "door web is gone",
        next: "sluice status",
        steps: [],
      }),
    );
    expect([tone, title]).toEqual(["bad", "🆘 shop: v2 needs a person"]);
    expect(facts).toContainEqual({ label: "Serving", value: "no release" });
    expect(facts).toContainEqual({ label: "Cause", value: "door web is gone" });
    expect(facts).toContainEqual({ label: "Next", value: "sluice status" });
  });

  it("does not claim to know what serves where it could not be read", () => {
    const { serving: _unknown, ...rest } = aNotification();
    expect(toMessage(rest).facts[0]).toEqual({ label: "Serving", value: "could not be read" });
  });

  it.each(["planned", "begun", ...endings] as const)("has a title for %s that names stack and release", (outcome) => {
    expect(toMessage(aNotification({ outcome })).title).toMatch(/^\S+ shop: v2 .+/);
    expect(toMessage(aNotification({ outcome, release: "" })).title).toContain("a deployment");
  });

  it("says when what is planned begins, and nothing of what serves", () => {
    const plannedFor = { at: "2026-05-04T07:00:00.000Z", text: "Mon 2026-05-04 09:00 Europe/Berlin" };
    const { tone, title, facts } = toMessage(aNotification({ outcome: "planned", plannedFor }));
    expect([tone, title]).toEqual(["attention", "📅 shop: v2 is going to be deployed"]);
    expect(facts[0]).toEqual({ label: "When", value: plannedFor.text });
    expect(facts.map(({ label }) => label)).not.toContain("Serving");
  });

  it("says of an alarm what fails, since when and what serves, and of its end how long it lasted", () => {
    const since = { at: "2026-05-01T08:00:00.000Z", text: "Fri 2026-05-01 10:00 Europe/Berlin" };
    const {
      steps: _steps,
      durationMs: _took,
      ...about
    } = aNotification({ kind: "checks", actor: "", reason: "", since });
    const raised = toMessage({ ...about, outcome: "checks-failed", cause: "GET /: 503 (status 200)" });
    expect([raised.tone, raised.title]).toEqual(["bad", "🚨 shop: checks of what serves fail"]);
    expect(raised.facts).toEqual([
      { label: "Since", value: since.text },
      { label: "Serving", value: "v2 (green, 100 %)" },
      { label: "Cause", value: "GET /: 503 (status 200)" },
    ]);
    const ended = toMessage({ ...about, outcome: "checks-mended", durationMs: 7_200_000 });
    expect([ended.tone, ended.title]).toEqual(["good", "💚 shop: checks of what serves pass again"]);
    expect(ended.facts).toContainEqual({ label: "Lasted", value: "2h" });
  });

  it.each([
    ["backup", "backup-failed", "🚨 shop: the backup failed"],
    ["backup", "backup-mended", "💚 shop: backups succeed again"],
    ["drill", "backup-failed", "🚨 shop: a backup could not be proven"],
    ["drill", "backup-mended", "💚 shop: backups can be proven again"],
  ] as const)("says of the alarm of a %s, %s, nothing of what serves", (kind, outcome, title) => {
    const message = toMessage(aNotification({ kind, outcome }));
    expect(message.title).toBe(title);
    expect(message.facts.map(({ label }) => label)).not.toContain("Serving");
  });

  it("says of a rollback where it went back to", () => {
    expect(toMessage(aNotification({ kind: "rollback", release: "v1" })).title).toBe("✅ shop: back to v1");
    expect(toMessage(aNotification({ kind: "rollback", outcome: "failed" })).title).toContain("failed before");
  });

  it("takes titles of one's own, and puts values into them once", () => {
    const title = "{stack}/{release} {outcome} {kind} by {actor}: {reason}, {serving}";
    const { title: filled } = toMessage(aNotification({ reason: "{actor} {x}" }), { titles: { live: title } });
    expect(filled).toBe("✅ shop/v2 live deploy by ada: {actor} {x}, v2 (green, 100 %)");
  });

  it("ends with the note of its ending, where a team has written one", () => {
    const notes = { failed: "https://wiki.example.com/{stack} of {release}", live: "none" };
    const { facts } = toMessage(aNotification({ outcome: "failed" }), { notes });
    expect(facts.at(-1)).toEqual({ label: "Note", value: "https://wiki.example.com/shop of v2" });
    expect(toMessage(aNotification({ outcome: "interrupted" }), { notes }).facts).toEqual(
      toMessage(aNotification({ outcome: "interrupted" })).facts,
    );
  });

  it("makes one line of everything, and cuts what is long", () => {
    const { facts } = toMessage(aNotification({ reason: `a\r\nb\u2028c\u202ed ${"x".repeat(1_000)}` }));
    const value = facts.find(({ label }) => label === "Reason")?.value ?? "";
    expect(value).toMatch(/^a b c d x+…$/);
    expect(Array.from(value)).toHaveLength(400);
  });

  it("has no link that is none", () => {
    expect(toMessage(aNotification({ link: "javascript:alert(1)" })).link).toBeUndefined();
    expect(toMessage(aNotification({ link: "https://x/a|b)c>d" })).link).toBe("https://x/a%7Cb%29c%3Ed");
  });
});
