import { expect, it } from "vitest";
import { isOlder } from "./engine-facts.ts";

it("compares versions by number, whatever a distribution adds", () => {
  expect(
    ["20.10.24+dfsg1", "23.0.6", "24.0.0", "26.1.5+dfsg1", "100.0.1"].map((text) => isOlder(text, [24, 0])),
  ).toEqual([true, true, false, false, false]);
  expect(["v2.5.0", "2.26.1-4", "2.40.3", "5.0.0"].map((text) => isOlder(text, [2, 26]))).toEqual([
    true,
    false,
    false,
    false,
  ]);
});
