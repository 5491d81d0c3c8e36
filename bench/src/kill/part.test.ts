import { expect, it } from "vitest";
import { partOf } from "./part.ts";

it("parts are the whole, and nothing is in two", () => {
  const list = Array.from({ length: 17 }, (_, index) => index);
  const parts = [1, 2, 3, 4].flatMap((part) => partOf(list, `${part}/4`));
  expect(parts.toSorted((a, b) => a - b)).toEqual(list);
  expect(partOf(list, "1/1")).toEqual(list);
});

it.each(["0/4", "5/4", "1", "x/2", ""])("says what is wrong with %j", (part) => {
  expect(() => partOf([], part)).toThrow("--part");
});
