import { expect, it } from "vitest";
import { tookPlace } from "./took-place.ts";

const told = (action: "restore" | "restore-undo", aside: readonly ("old" | "undone")[] | null) =>
  tookPlace({ setAside: async () => aside }, action, { backup: "b1" });

it.each([
  ["restore", ["old"], true],
  ["restore", ["undone"], false],
  ["restore", [], false],
  ["restore-undo", ["undone"], true],
  ["restore-undo", ["old"], false],
  ["restore-undo", ["old", "undone"], false],
  ["restore-undo", [], null],
  ["restore", null, null],
] as const)("of a %s with %j set aside it is said that it took place: %s", async (action, aside, isSo) => {
  expect(await told(action, aside)).toBe(isSo);
});

it("of a database that cannot tell what is set aside nothing is said", async () => {
  expect(await tookPlace({}, "restore", { backup: "b1" })).toBeNull();
});
