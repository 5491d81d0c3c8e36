import { expect, it } from "vitest";
import { foundIn } from "./found-in.ts";

const steps = [
  { id: "shift-1", kind: "shift", share: 5 },
  { id: "shift-2", kind: "shift", share: 50 },
  { id: "shift-3", kind: "shift", share: 100 },
  { id: "bake-1", kind: "bake" },
];
const start = (tag: string) => ({ type: "deployment-start", tag, plan: { steps } });
const outcome = (step: string, result: string) => ({ type: "step-outcome", step, result });
const journal = (...records: readonly object[]) => records.map((record) => `${JSON.stringify(record)}\n`).join("");

it.each([
  [
    "a share",
    [outcome("shift-1", "done"), outcome("shift-2", "failed"), outcome("shift-2", "undone")],
    { step: "shift", share: 50 },
  ],
  ["the bake", [outcome("shift-3", "done"), outcome("bake-1", "failed")], { step: "bake", share: 100 }],
  ["no step", [outcome("shift-3", "done"), outcome("bake-1", "done")], undefined],
])("what was found in %s is said so", (_, outcomes, expected) => {
  const before = [start("v1"), outcome("shift-1", "failed")];
  expect(foundIn(journal(...before, start("v2"), ...outcomes), "v2")).toEqual(expected);
});

it("a step before any share has none of the users", () => {
  const plan = { steps: [{ id: "start-1", kind: "start" }] };
  const records = [{ type: "deployment-start", tag: "v2", plan }, outcome("start-1", "failed")];
  expect(foundIn(journal(...records), "v2")).toEqual({ step: "start", share: 0 });
});
