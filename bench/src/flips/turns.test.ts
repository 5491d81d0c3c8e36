import { expect, it } from "vitest";
import { restless, turnedOnce } from "./turns.ts";

const way = { old: "v1", next: "v2" };

it("a client that goes over once, and back once, is at rest", () => {
  expect(turnedOnce({ versions: ["v1", "v2", "v1"] }, way)).toBe(true);
});

it.each([
  ["went over twice", ["v1", "v2", "v1", "v2", "v1"]],
  ["never met the new version", ["v1"]],
  ["never came back", ["v1", "v2"]],
  ["met the new version first", ["v2", "v1", "v2"]],
  ["saw nothing", []],
])("one that %s is named", (_what, versions) => {
  const view = { name: "user-1", requests: 9, versions, failures: [] };
  expect(restless([view], way)).toEqual([`user-1: ${versions.join(", ")}`]);
});
