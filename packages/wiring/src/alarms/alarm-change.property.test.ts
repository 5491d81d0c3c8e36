import fc from "fast-check";
import { expect, it } from "vitest";
import { type AlarmChange, type AlarmState, alarmChange, repeatMs } from "./alarm-change.ts";

const run = fc.record({
  pauseMs: fc.oneof(fc.integer({ min: 1, max: 3_600_000 }), fc.integer({ min: 1, max: 3 * repeatMs })),
  failing: fc.uniqueArray(fc.constantFrom("web", "api", "certificate"), { maxLength: 3 }),
});

it("whatever fails and whenever, each begin and end is told, all that fails is known, and nothing is told twice a day", () => {
  fc.assert(
    fc.property(fc.array(run, { maxLength: 40 }), (runs) => {
      let state: AlarmState | null = null;
      let atMs = Date.UTC(2026, 4, 1);
      let wasFailing = false;
      let lastWordMs = Number.NEGATIVE_INFINITY;
      /** When each was told last while the alarm lasts. */
      const told = new Map<string, number>();
      const isOldNews = (key: string) => (told.get(key) ?? Number.NEGATIVE_INFINITY) > atMs - repeatMs;
      for (const { pauseMs, failing } of runs) {
        atMs += pauseMs;
        const change: AlarmChange | null = alarmChange(state, failing, new Date(atMs));
        const isFailing = failing.length > 0;
        const isRaised = change?.word === "raised";
        // The first and the last of it, each once; in between it may be raised again, and never ends.
        expect(isRaised).toBe(isFailing && (isRaised || !wasFailing));
        expect(change?.word === "ended").toBe(wasFailing && !isFailing);
        expect(isRaised && failing.every(isOldNews)).toBe(false);
        if (isRaised) {
          for (const key of failing) told.set(key, atMs);
          lastWordMs = atMs;
        }
        if (!isFailing) told.clear();
        expect(failing.every((key) => told.has(key))).toBe(true);
        expect(isFailing && atMs - lastWordMs >= repeatMs).toBe(false);
        if (change) state = change.next;
        wasFailing = isFailing;
      }
    }),
    { numRuns: 500 },
  );
});
