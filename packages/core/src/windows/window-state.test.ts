import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatInZone } from "./format-in-zone.ts";
import { isInRange, parseOpenRange } from "./open-range.ts";
import { windowsSchema } from "./window-schema.ts";
import { windowState } from "./window-state.ts";

const office = windowsSchema.parse({
  timezone: "Europe/Berlin",
  open: ["mon-thu 09:00-16:00", "fri 09:00-12:00"],
  holidays: ["2026-12-25"],
  freezes: [{ from: "2026-12-18T12:00", until: "2027-01-03", reason: "year end" }],
});
const at = (iso: string) => new Date(iso);
const opening = (iso: string, windows = office) => {
  const { nextOpening } = windowState(windows, at(iso));
  return nextOpening && formatInZone(nextOpening, windows.timezone);
};

describe("a window", () => {
  it("is open in its weekly spans, and says until when", () => {
    const state = windowState(office, at("2026-11-26T10:00:00Z"));
    expect(state).toMatchObject({ open: true, nextOpening: null, closes: at("2026-11-26T15:00:00Z") });
    expect(state.reason).toBe("inside the window mon-thu 09:00-16:00; fri 09:00-12:00 (Europe/Berlin)");
  });

  it("begins with its first minute and ends before its last", () => {
    expect(windowState(office, at("2026-11-26T07:59:59.999Z")).open).toBe(false);
    expect(windowState(office, at("2026-11-26T08:00:00Z")).open).toBe(true);
    expect(windowState(office, at("2026-11-26T14:59:59.999Z")).open).toBe(true);
    expect(windowState(office, at("2026-11-26T15:00:00Z")).open).toBe(false);
  });

  it("names the next opening: over the weekend, over holidays, over freezes", () => {
    expect(opening("2026-11-27T20:00:00Z")).toBe("Mon 2026-11-30 09:00 Europe/Berlin");
    expect(opening("2026-12-20T20:00:00Z")).toBe("Mon 2027-01-04 09:00 Europe/Berlin");
    const friday = windowsSchema.parse({ open: ["fri 09:00-12:00"], holidays: ["2026-12-25"] });
    expect(opening("2026-12-24T20:00:00Z", friday)).toBe("Fri 2027-01-01 09:00 UTC");
  });

  it("says which freeze or holiday closes it", () => {
    expect(windowState(office, at("2026-12-18T11:30:00Z"))).toMatchObject({
      open: false,
      reason: "frozen until Mon 2027-01-04 00:00 Europe/Berlin: year end",
      freeze: { reason: "year end" },
    });
    const holiday = windowsSchema.parse({ holidays: ["2026-12-25"] });
    expect(windowState(holiday, at("2026-12-25T10:00:00Z"))).toMatchObject({
      reason: "2026-12-25 is a holiday",
      nextOpening: at("2026-12-26T00:00:00Z"),
    });
  });

  it("without any setting is always open", () => {
    expect(windowState(windowsSchema.parse({}), at("2026-11-26T10:00:00Z"))).toMatchObject({
      open: true,
      closes: null,
      reason: "no window is configured",
    });
  });

  it("goes over midnight, and a holiday ends it there", () => {
    const night = windowsSchema.parse({ open: ["fri 22:00-02:00"], holidays: ["2026-12-12"] });
    expect(windowState(night, at("2026-11-28T01:59:00Z"))).toMatchObject({
      open: true,
      closes: at("2026-11-28T02:00:00Z"),
    });
    expect(windowState(night, at("2026-12-11T23:00:00Z")).closes).toEqual(at("2026-12-12T00:00:00Z"));
  });

  it("that never opens says so", () => {
    const never = windowsSchema.parse({ freezes: [{ from: "2026-01-01", until: "2030-01-01", reason: "sold" }] });
    expect(windowState(never, at("2026-11-26T10:00:00Z")).nextOpening).toBeNull();
  });
});

describe("summer time", () => {
  const early = windowsSchema.parse({ timezone: "Europe/Berlin", open: ["daily 02:30-05:00"] });

  it("opens at 03:00 where 02:30 is skipped", () => {
    expect(windowState(early, at("2026-03-29T00:00:00Z")).nextOpening).toEqual(at("2026-03-29T01:00:00Z"));
  });

  it("opens at the first 02:30 where it comes twice, and at the second again", () => {
    expect(windowState(early, at("2026-10-24T23:00:00Z")).nextOpening).toEqual(at("2026-10-25T00:30:00Z"));
    expect(windowState(early, at("2026-10-25T00:45:00Z")).closes).toEqual(at("2026-10-25T01:00:00Z"));
    expect(windowState(early, at("2026-10-25T01:10:00Z")).nextOpening).toEqual(at("2026-10-25T01:30:00Z"));
  });

  it("finds an opening on a day that comes back after midnight", () => {
    // At 00:01 the clock was set back to 23:01 of the day before.
    const late = windowsSchema.parse({ timezone: "America/St_Johns", open: ["sat 23:30-23:45"] });
    expect(windowState(late, at("2010-11-07T02:20:00Z")).nextOpening).toEqual(at("2010-11-07T03:00:00Z"));
  });
});

describe("whatever the windows are", () => {
  const time = fc
    .tuple(fc.integer({ min: 0, max: 23 }), fc.constantFrom("00", "15", "30", "59"))
    .map(([hour, minute]) => `${String(hour).padStart(2, "0")}:${minute}`);
  const range = fc
    .tuple(fc.constantFrom("mon", "tue-thu", "sat,sun", "fri-mon", "daily"), time, time)
    .filter(([, from, until]) => from !== until && until !== "00:00")
    .map(([days, from, until]) => `${days} ${from}-${until}`);
  // Zones whose clocks change by an hour, by half an hour, at midnight, or never.
  const timezone = fc.constantFrom(
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",
    "America/Asuncion",
    "Asia/Beirut",
    "Asia/Kathmandu",
  );
  const cron = fc
    .tuple(
      fc.constantFrom("0", "30", "15,45", "*/20"),
      fc.constantFrom("9", "2", "23", "8-10"),
      fc.constantFrom("* * 1-5", "1-7 * mon", "L * *", "* 3,10 *", "29 2 *"),
      fc.constantFrom("10m", "3h", "24h"),
    )
    .map(([minute, hour, day, length]) => `cron ${minute} ${hour} ${day} for ${length}`);
  const aDay = fc.date({ min: at("2023-01-01T00:00:00Z"), max: at("2027-01-01T00:00:00Z"), noInvalidDate: true });
  const windows = fc
    .record({
      timezone,
      open: fc.array(fc.oneof(range, cron), { maxLength: 3 }),
      holiday: aDay,
      freeze: aDay,
      days: fc.nat(9),
    })
    .map(({ timezone: zone, open, holiday, freeze, days }) =>
      windowsSchema.parse({
        timezone: zone,
        open,
        holidays: [holiday.toISOString().slice(0, 10)],
        freezes: [
          {
            from: freeze.toISOString().slice(0, 10),
            until: new Date(freeze.getTime() + days * 86_400_000).toISOString().slice(0, 10),
            reason: "freeze",
          },
        ],
      }),
    );

  it("a moment is open, or there is a first one after it that is", () => {
    fc.assert(
      fc.property(windows, aDay, (given, moment) => {
        const { open, nextOpening, closes } = windowState(given, moment);
        const change = open ? closes : nextOpening;
        expect(open ? nextOpening : closes).toBeNull();
        if (!change) return;
        expect(change.getTime()).toBeGreaterThan(moment.getTime());
        expect(windowState(given, change).open).toBe(!open);
        expect(windowState(given, new Date(change.getTime() - 1)).open).toBe(open);
      }),
      { numRuns: 150 },
    );
  });

  it("nothing opens or closes in between: minute by minute around changes of the clock", () => {
    const changes = [
      ["Europe/Berlin", "2026-03-28T22:00:00Z"],
      ["Europe/Berlin", "2026-10-24T22:00:00Z"],
      ["Australia/Lord_Howe", "2026-04-04T12:00:00Z"],
      ["Asia/Beirut", "2026-03-28T20:00:00Z"],
      ["Asia/Beirut", "2026-10-24T19:00:00Z"],
    ] as const;
    fc.assert(
      fc.property(fc.constantFrom(...changes), range, ([zone, from], text) => {
        const given = windowsSchema.parse({ timezone: zone, open: [text] });
        const start = at(from);
        const state = windowState(given, start);
        const change = (state.open ? state.closes : state.nextOpening)?.getTime() ?? Number.POSITIVE_INFINITY;
        for (let minute = 0; minute < 480; minute++) {
          const moment = start.getTime() + minute * 60_000;
          expect(isOpenByIntl(zone, text, new Date(moment))).toBe(moment < change ? state.open : !state.open);
          if (moment >= change) return;
        }
      }),
      { numRuns: 60 },
    );
  });
});

/** The same rule by other means. */
function isOpenByIntl(timeZone: string, text: string, moment: Date): boolean {
  const parts = new Intl.DateTimeFormat("en", {
    timeZone,
    weekday: "short",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  }).formatToParts(moment);
  const part = (type: string) => parts.find((one) => one.type === type)?.value ?? "";
  const day = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"].indexOf(part("weekday")) + 1;
  const parsed = parseOpenRange(text);
  return parsed !== undefined && isInRange(parsed, day, Number(part("hour")) * 60 + Number(part("minute")));
}
