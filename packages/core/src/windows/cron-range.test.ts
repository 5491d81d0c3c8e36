import { describe, expect, it } from "vitest";
import { parseCronRange } from "./cron-range.ts";
import { formatInZone } from "./format-in-zone.ts";
import { windowsSchema } from "./window-schema.ts";
import { windowState } from "./window-state.ts";

describe("a range by a cron pattern", () => {
  it.each([
    ["cron 0 9 * * 1-5 for 4h", "0 9 * * 1-5", 240],
    ["cron 30 22 L * * for 1h30m", "30 22 L * *", 90],
    ["cron  0 9 1-7 * mon  for 24h", "0 9 1-7 * mon", 1_440],
  ])("%s", (text, cron, minutes) => {
    expect(parseCronRange(text)).toEqual({ text, cron, minutes });
  });

  it.each([
    "cron 0 9 * * 1-5",
    "cron 0 9 * * for 4h",
    "cron 0 0 9 * * 1-5 for 4h",
    "cron 61 9 * * * for 4h",
    "cron 0 9 30 2 * for 4h",
    "cron * * * * * for 4h",
    "cron */30 * * * * for 4h",
    "cron 0 9 * * * for 25h",
    "cron 0 9 * * * for 30s",
    "cron 0 9 * * * for",
    "cron @daily for 4h",
  ])("%s is none", (text) => {
    expect(parseCronRange(text)).toBeUndefined();
    expect(windowsSchema.safeParse({ open: [text] }).success).toBe(false);
  });
});

describe("windows by cron patterns", () => {
  const first = windowsSchema.parse({ timezone: "Europe/Berlin", open: ["cron 0 9 1-7 * mon for 3h"] });
  const at = (iso: string) => windowState(first, new Date(iso));

  it("are open on the first Monday of a month, in the zone of the team", () => {
    expect(at("2026-03-02T07:59:00Z").open).toBe(false);
    expect(at("2026-03-02T08:00:00Z")).toMatchObject({ open: true, closes: new Date("2026-03-02T11:00:00Z") });
    expect(at("2026-03-02T10:59:59.999Z").open).toBe(true);
    expect(at("2026-03-02T11:00:00Z").open).toBe(false);
    // A Monday, but not the first, and a first day, but no Monday.
    expect(at("2026-03-09T08:30:00Z").open).toBe(false);
    expect(at("2026-04-01T08:30:00Z").open).toBe(false);
  });

  it("name the next opening, months ahead and over a change of the clock", () => {
    const { nextOpening, reason } = at("2026-03-02T12:00:00Z");
    expect(nextOpening && formatInZone(nextOpening, "Europe/Berlin")).toBe("Mon 2026-04-06 09:00 Europe/Berlin");
    expect(reason).toBe("outside the window cron 0 9 1-7 * mon for 3h (Europe/Berlin)");
  });

  it("go over midnight", () => {
    const night = windowsSchema.parse({ open: ["cron 0 23 * * fri for 4h"] });
    expect(windowState(night, new Date("2026-03-07T02:59:00Z"))).toMatchObject({
      open: true,
      closes: new Date("2026-03-07T03:00:00Z"),
    });
    expect(windowState(night, new Date("2026-03-07T03:00:00Z")).open).toBe(false);
  });
});
