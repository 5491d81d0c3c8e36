import { expect, it } from "vitest";
import { stepOfDeath } from "./step-of-death.ts";

const start = {
  type: "deployment-start",
  deployment: "d1",
  plan: {
    steps: [
      { id: "01-backup", kind: "backup" },
      { id: "02-shift", kind: "shift" },
      { id: "03-bake", kind: "bake" },
    ],
  },
};
const intent = (step: string) => ({ type: "step-intent", deployment: "d1", step });
const outcome = (step: string) => ({ type: "step-outcome", deployment: "d1", step, result: "done" });
const journal = (...records: readonly object[]) => records.map((record) => `${JSON.stringify(record)}\n`).join("");

it.each([
  ["in a step that has begun", [start, intent("01-backup")], "backup"],
  ["after one, before the next", [start, intent("02-shift"), outcome("02-shift")], "after shift"],
  ["in the next", [start, intent("02-shift"), outcome("02-shift"), intent("03-bake")], "bake"],
  [
    "while one is undone",
    [start, intent("02-shift"), { type: "undo-intent", deployment: "d1", step: "02-shift" }],
    "shift while it is undone",
  ],
  ["before the first", [start], "before any step"],
  [
    "after its end",
    [start, intent("03-bake"), outcome("03-bake"), { type: "deployment-end", deployment: "d1" }],
    "no deployment",
  ],
  ["in a journal without one", [], "no deployment"],
])("a death %s is said to be so", (_, records, expected) => {
  expect(stepOfDeath(journal(...records))).toBe(expected);
});

it("half a record at the end was never written", () => {
  const whole = journal(start, intent("02-shift"));
  const torn = `${whole}${JSON.stringify(outcome("02-shift")).slice(0, 30)}`;
  expect(stepOfDeath(torn)).toBe("shift");
});
