import { appendFile, chown, mkdir, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { TrafficCount } from "@sluice/core";
import { expect, it } from "vitest";
import { createTrafficCounts } from "../src/counts/traffic-counts.ts";
import { temporaryHome } from "./temporary-home.ts";

const count = (requests: number): TrafficCount => ({
  at: "2026-01-01T00:00:00.000Z",
  service: "web",
  epoch: "1-7",
  requests,
});

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

it("the oldest go where there are too many", async () => {
  const home = await temporaryHome();
  const counts = createTrafficCounts(home);
  await counts.note(Array.from({ length: 9_000 }, (_, index) => count(index)));
  expect((await readFile(join(home.path, "traffic.ndjson"), "utf8")).length).toBeLessThan(400_000);
  expect((await counts.recent()).at(-1)).toEqual(count(8_999));
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
