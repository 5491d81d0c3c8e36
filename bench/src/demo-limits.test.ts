import { expect, it } from "vitest";
import { demoMisses } from "./demo-limits.ts";

const good = { requests: 3_000, lost: 0, flips: 0, serving: "v1", runMs: 179_999 };

it("a run that shows what it promises misses nothing", () => {
  expect(demoMisses(good)).toEqual([]);
});

it.each([
  [{ lost: 1 }, "1 request lost, 0 allowed"],
  [{ flips: 2 }, "2 clients saw the version before again"],
  [{ serving: "v3" }, "v3 serves in the end, not v1"],
  [{ serving: undefined }, "nothing serves in the end, not v1"],
  [{ requests: 2_999 }, "2999 requests are too few to show it, 3000 at least"],
  [{ runMs: 180_000 }, "took 180 s after the set-up, under 180 s wanted"],
  [{ runMs: 200_400 }, "took 200 s after the set-up, under 180 s wanted"],
])("%o is said", (changes, said) => {
  expect(demoMisses({ ...good, ...changes })).toEqual([said]);
});
