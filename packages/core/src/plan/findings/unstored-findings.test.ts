import { aService, aStack } from "@sluice/core/testing";
import { expect, it } from "vitest";
import { unstoredFindings } from "./unstored-findings.ts";

const stack = aStack({ services: [aService("web")], live: { slot: "blue", release: "r-1" } });
const { blue } = stack.slots;
const warm = { ...stack, slots: { ...stack.slots, green: { ...blue, slot: "green" as const, release: "r-0" } } };

it("is nothing where all that slots hold is stored, and where they are empty", () => {
  expect(unstoredFindings(stack, [{ id: "r-1" }])).toEqual([]);
  expect(unstoredFindings(warm, [{ id: "r-0" }, { id: "r-1" }])).toEqual([]);
  expect(unstoredFindings(aStack(), [])).toEqual([]);
});

it("names each release that a slot holds and the state home does not, with the commands that bring it back", () => {
  const found = unstoredFindings(warm, []);
  expect(found.map(({ severity, code, message }) => `${severity} ${code}: ${message}`)).toEqual([
    "error release-not-stored: slot blue serves release r-1, which the state home does not have: its tag and its settings are lost",
    "warn release-not-stored: slot green holds release r-0, which the state home does not have: nobody can go back to it",
  ]);
  expect(found[0]?.hint).toContain("sluice state import ARCHIVE --replace");
  expect(found[0]?.hint).toContain("in a checkout of that release: sluice state rebuild --replace");
});
