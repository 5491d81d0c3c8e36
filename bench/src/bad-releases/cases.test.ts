import { expect, it } from "vitest";
import { badCases, readCases } from "./cases.ts";

const modesOf = (text: string | undefined, quick = false) => readCases(text, { quick }).map(({ mode }) => mode);

it("bad versions are those that are named, otherwise all, or the quick ones", () => {
  expect(modesOf("leak,err20", true)).toEqual(["err20", "leak"]);
  expect(modesOf(undefined)).toEqual(badCases.map(({ mode }) => mode));
  expect(modesOf(undefined, true)).toEqual(["err20", "crash", "errroute", "unhealthy"]);
});

it.each([
  ["err20,leek", "leek"],
  ["leek", "leek"],
  ["err20,", ""],
  ["", ""],
])("of %o, %o is no bad version", (text, unknown) => {
  expect(() => modesOf(text)).toThrow(`unknown case "${unknown}": err20, crash, slow`);
});
