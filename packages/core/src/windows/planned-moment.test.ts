import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type PlannedMomentRequest, plannedMoment } from "./planned-moment.ts";
import { type Windows, windowsSchema } from "./window-schema.ts";
import { windowState } from "./window-state.ts";

const berlin = windowsSchema.parse({
  timezone: "Europe/Berlin",
  open: ["mon-fri 09:00-16:00"],
  freezes: [{ from: "2026-12-20", until: "2026-12-31", reason: "Christmas" }],
});
const always = windowsSchema.parse({});
const saturday = new Date("2026-11-28T12:00:00Z");
const monday = new Date("2026-11-30T10:00:00Z");
const planned = (request: Partial<PlannedMomentRequest>, windows: Windows = berlin) =>
  plannedMoment(windows, { now: saturday, ...request }).toISOString();

describe("a deployment is planned for", () => {
  it("the next opening, which lies ahead also while it is open", () => {
    expect(planned({})).toBe("2026-11-30T08:00:00.000Z");
    expect(planned({ now: monday })).toBe("2026-12-01T08:00:00.000Z");
  });

  it.each([
    ["2026-11-30T09:30", "2026-11-30T08:30:00.000Z"],
    ["2026-11-30T09:30:00", "2026-11-30T08:30:00.000Z"],
    ["2026-11-30T09:30Z", "2026-11-30T09:30:00.000Z"],
    ["2026-11-30T18:00+08:00", "2026-11-30T10:00:00.000Z"],
  ])("%s, in the time zone of the windows or its own", (at, expected) => {
    expect(planned({ at })).toBe(expected);
  });

  it("a time at which it would be refused only with a reason", () => {
    const at = "2026-11-29T20:00";
    expect(() => planned({ at })).toThrow(
      expect.objectContaining({ code: "WINDOW_CLOSED", message: expect.stringContaining("Sun 2026-11-29 20:00") }),
    );
    expect(planned({ at, override: "agreed" })).toBe("2026-11-29T19:00:00.000Z");
    expect(() => planned({ at: "2026-12-21T10:00" })).toThrow("Christmas");
  });

  it.each(["tomorrow", "2026-11-30", "2026-13-30T09:00", "2026-02-30T09:00", "2026-11-30T25:00", "", "T09:00"])(
    "no time that is none: %j",
    (at) => {
      expect(() => planned({ at })).toThrow(expect.objectContaining({ code: "USAGE" }));
    },
  );

  it("no time that is past, and none where nothing says when", () => {
    expect(() => planned({ at: "2026-11-27T10:00" })).toThrow("is past");
    expect(() => planned({}, always)).toThrow(expect.objectContaining({ hint: expect.stringContaining("--at") }));
    expect(planned({ at: "2026-11-29T03:00" }, always)).toBe("2026-11-29T03:00:00.000Z");
  });

  it("an opening, whenever it is asked", () => {
    const day = fc.date({ min: new Date("2026-01-01"), max: new Date("2028-01-01"), noInvalidDate: true });
    fc.assert(
      fc.property(day, (now) => {
        const at = plannedMoment(berlin, { now });
        expect(at.getTime()).toBeGreaterThan(now.getTime());
        expect(windowState(berlin, at).open).toBe(true);
        expect(windowState(berlin, new Date(at.getTime() - 1)).open).toBe(false);
      }),
    );
  });
});
