import { expect, it } from "vitest";
import { otherRelease } from "./plan-restore.ts";

it("of a restore tells whose data it is where another release serves, by its tag as far as it is stored", () => {
  const bundles = [{ id: "r-3", tag: "v3" }];
  expect(otherRelease({ release: "r-2" }, "r-3", bundles)).toEqual({ backup: "r-2", serves: "v3" });
  expect(otherRelease({ release: "r-3" }, "r-3", bundles)).toBeUndefined();
  expect(otherRelease({ release: null }, "r-3", bundles)).toBeUndefined();
  expect(otherRelease({ release: "r-3" }, null, bundles)).toBeUndefined();
});
