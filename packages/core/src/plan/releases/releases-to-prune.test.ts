import fc from "fast-check";
import { expect, it } from "vitest";
import { aBundle } from "../../testing/index.ts";
import { releasesToPrune, spareImageTags } from "./releases-to-prune.ts";

const at = (day: number) => `2026-01-${String(day).padStart(2, "0")}T00:00:00.000Z`;
const broken = { at: at(1), reason: "bad" };

it("keeps the newest, and what is needed, whatever its age", () => {
  const bundles = [1, 2, 3, 4, 5].map((day) => aBundle(`r${day}`, { createdAt: at(day) }));
  expect(releasesToPrune(bundles, { keep: 2, needed: new Set(["r1"]) })).toEqual(["r2", "r3"]);
});

it("a row of broken releases does not push the good ones out", () => {
  const good = [1, 2].map((day) => aBundle(`r${day}`, { createdAt: at(day) }));
  const bad = [3, 4, 5].map((day) => aBundle(`r${day}`, { createdAt: at(day), broken }));
  expect(releasesToPrune([...good, ...bad], { keep: 2, needed: new Set() })).toEqual(["r3"]);
});

it("neither does a row of releases that never were live", () => {
  const bundles = [1, 2, 3, 4, 5].map((day) => aBundle(`r${day}`, { createdAt: at(day) }));
  const unproven = new Set(["r3", "r4", "r5"]);
  expect(releasesToPrune(bundles, { keep: 2, needed: new Set(), unproven })).toEqual(["r3"]);
});

it("never names a needed one nor one of the newest good ones, and leaves no more than it should", () => {
  const history = fc.uniqueArray(fc.record({ day: fc.integer({ min: 1, max: 28 }), isBroken: fc.boolean() }), {
    selector: ({ day }) => day,
  });
  fc.assert(
    fc.property(
      history,
      fc.integer({ min: 1, max: 6 }),
      fc.array(fc.integer({ min: 1, max: 28 })),
      (days, keep, ids) => {
        const bundles = days.map(({ day, isBroken }) =>
          aBundle(`r${day}`, { createdAt: at(day), ...(isBroken ? { broken } : {}) }),
        );
        const needed = new Set(ids.map((id) => `r${id}`));
        const gone = releasesToPrune(bundles, { keep, needed });
        const left = bundles.filter(({ id }) => !gone.includes(id));
        const goodNewestFirst = bundles
          .filter((bundle) => bundle.broken === undefined)
          .toSorted((a, b) => b.createdAt.localeCompare(a.createdAt));
        expect(gone.every((id) => bundles.some((bundle) => bundle.id === id) && !needed.has(id))).toBe(true);
        for (const bundle of goodNewestFirst.slice(0, keep)) expect(left).toContain(bundle);
        expect(left.filter(({ id }) => !needed.has(id)).length).toBeLessThanOrEqual(2 * keep);
        expect(releasesToPrune(left, { keep, needed })).toEqual([]);
      },
    ),
  );
});

it("leaves the image tags that another release uses, and gives up those that only it has", () => {
  const first = aBundle("r1", { imageTags: { web: "sluice/shop-web:v1", worker: "sluice/shop-worker:v1" } });
  const renamed = aBundle("r2", { imageTags: { web: "sluice/shop-web:v1" } });
  expect(spareImageTags([first, renamed], "r1")).toEqual(["sluice/shop-worker:v1"]);
  expect(spareImageTags([first], "r1")).toEqual(["sluice/shop-web:v1", "sluice/shop-worker:v1"]);
  expect(spareImageTags([first], "gone")).toEqual([]);
});
