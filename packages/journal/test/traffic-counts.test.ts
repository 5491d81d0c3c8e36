import { appendFile, chown, mkdir, readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import type { TrafficCount } from "@sluice/core";
import { expect, it } from "vitest";
import { createTrafficCounts } from "../src/counts/traffic-counts.ts";
import { temporaryHome } from "./temporary-home.ts";

const begin = Date.parse("2026-01-01T00:00:00Z");
const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;

/** As many requests as half hours have passed. */
const count = (requests: number, over: Partial<TrafficCount> = {}): TrafficCount => ({
  at: new Date(begin + requests * 30 * minuteMs).toISOString(),
  service: "web",
  epoch: "1-7",
  requests,
  ...over,
});
const daysTold = (told: readonly TrafficCount[]) =>
  (Date.parse(told.at(-1)?.at ?? "") - Date.parse(told[0]?.at ?? "")) / dayMs;

it("counts are there for the next who asks, and lines that are none are passed over", async () => {
  const home = await temporaryHome();
  expect(await createTrafficCounts(home).recent()).toEqual([]);
  await createTrafficCounts(home).note([count(1), count(2)]);
  await appendFile(join(home.path, "traffic.ndjson"), 'null\n{"at":"then"}\n{"at":');
  await appendFile(join(home.path, "traffic.ndjson"), "\n");
  const last = { ...count(3), upMs: 7_000 };
  await createTrafficCounts(home).note([last]);
  expect(await createTrafficCounts(home).recent()).toEqual([count(1), count(2), last]);
});

it.each([30, 5])("two weeks of 20 doors are there, looked at each %i minutes", async (minutes) => {
  const counts = createTrafficCounts(await temporaryHome());
  const looks = (14 * dayMs) / (minutes * minuteMs);
  // A few looks at once, as each is written by itself.
  for (let first = 0; first < looks; first += 100) {
    const numbers = Array.from({ length: Math.min(100, looks - first) }, (_, index) => first + index);
    await counts.note(
      numbers.flatMap((number) => {
        const at = new Date(begin + number * minutes * minuteMs).toISOString();
        return Array.from({ length: 20 }, (_, door) => count(number, { at, service: `door-${door}`, upMs: 7_000_000 }));
      }),
    );
  }
  const told = await counts.recent();
  expect(daysTold(told)).toBeGreaterThan(13.9);
  expect(told).toHaveLength(20 * 14 * 48);
});

it("what is older is not told, and the oldest go where there are too many", async () => {
  const home = await temporaryHome();
  const counts = createTrafficCounts(home);
  await counts.note(Array.from({ length: 60_000 }, (_, index) => count(index)));
  expect((await stat(join(home.path, "traffic.ndjson"))).size).toBeLessThan(3.1 * 1_048_576);
  const told = await counts.recent();
  expect(told.at(-1)).toEqual(count(59_999));
  expect(daysTold(told)).toBe(15);
});

it("a clock that was ahead for a moment makes nothing forgotten", async () => {
  const counts = createTrafficCounts(await temporaryHome());
  const ahead = count(3, { at: "2040-01-01T00:00:00.000Z" });
  await counts.note([count(1), count(2), ahead]);
  expect(await counts.recent()).toEqual([ahead]);
  await counts.note([count(4)]);
  expect(await counts.recent()).toEqual([count(1), count(2), count(4)]);
});

it("of a door that began anew in the same half hour the counts of both processes are told", async () => {
  const counts = createTrafficCounts(await temporaryHome());
  const anew = { ...count(0), epoch: "2-9" };
  await counts.note([count(1), { ...count(1), requests: 9 }, { ...anew, at: count(1).at }]);
  expect(await counts.recent()).toEqual([count(1), { ...anew, at: count(1).at }]);
});

it("what cannot be read at all is passed over too: no deployment is refused for want of it", async () => {
  const home = await temporaryHome();
  await mkdir(join(home.path, "traffic.ndjson"));
  expect(await createTrafficCounts(home).recent()).toEqual([]);
});

it.skipIf(process.getuid?.() !== 0)(
  "root leaves nothing in the home of somebody else, who could not read it",
  async () => {
    const home = await temporaryHome();
    await chown(home.path, 54_321, 54_321);
    const before = await readdir(home.path);
    await createTrafficCounts(home).note([count(1)]);
    expect(await readdir(home.path)).toEqual(before);
  },
);
