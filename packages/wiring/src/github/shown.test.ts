import { describe, expect, it } from "vitest";
import { shownAtEnd, shownAtStart } from "./shown.ts";

const place = { environment: "production", isProduction: true, url: "https://shop.example.com" };
const notification = {
  id: "d1.live",
  stack: "shop",
  deployment: "d1",
  commit: "c0ffee",
  outcome: "live",
  kind: "deploy",
  release: "v2",
  actor: "ada",
  reason: "release v2",
  at: "2026-05-01T10:00:00.000Z",
  link: "https://github.com/o/r/actions/runs/7",
} as const;
const message = { title: "shop: v2 is live", good: true, facts: [] } as unknown as Parameters<typeof shownAtEnd>[1];

describe("what GitHub is to show", () => {
  it("at the start is a deployment that is under way", () => {
    const start = {
      type: "deployment-start",
      deployment: "d1",
      kind: "deploy",
      release: "",
      tag: "v2",
      actor: "ada",
      reason: "",
    } as const;
    expect(shownAtStart(start, { stack: "shop", commit: undefined, link: undefined }, place)).toMatchObject({
      deployment: { id: "d1", ref: "v2", environment: "production", environmentUrl: place.url, logUrl: undefined },
      states: [
        { state: "queued", description: "deploy of v2 asked for by ada" },
        { state: "in_progress", description: "deploy of v2" },
      ],
    });
  });

  it.each([
    ["live", "success"],
    ["failed", "failure"],
    ["rolled-back", "failure"],
    ["needs-person", "error"],
    ["interrupted", "error"],
  ] as const)("after %s ends with %s", (outcome, state) => {
    const shown = shownAtEnd({ ...notification, outcome, cause: "no memory" }, message, place);
    expect(shown?.deployment).toMatchObject({ ref: "c0ffee", logUrl: notification.link });
    expect(shown?.states.map((one) => one.state)).toEqual(["queued", "in_progress", state]);
    expect(shown?.states.at(-1)?.description).toBe("shop: v2 is live: no memory");
  });

  it("of what never began, or names no release, is nothing", () => {
    expect(shownAtEnd({ ...notification, outcome: "window-closed" }, message, place)).toBeNull();
    expect(shownAtEnd({ ...notification, deployment: undefined }, message, place)).toBeNull();
    expect(shownAtEnd({ ...notification, commit: undefined, release: "" }, message, place)).toBeNull();
  });
});
