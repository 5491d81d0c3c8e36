import { expect, it } from "vitest";
import type { Ended } from "./crash-stage.ts";
import { longestStopMs, orderlyStop, unheeded } from "./orderly-stop.ts";

const at = "2026-03-01T00:00:05.250Z";
const line = (record: object) => `${JSON.stringify({ at, ...record })}\n`;
const intent = (step: string) => line({ type: "step-intent", step });
const outcome = (step: string, result = "done") => line({ type: "step-outcome", step, result });
const start = line({ type: "deployment-start", plan: { steps: [{ id: "a" }, { id: "b" }, { id: "c" }, { id: "d" }] } });
const end = line({ type: "deployment-end" });
const before = start + intent("a") + outcome("a") + end;
const all = start + ["a", "b", "c", "d"].map((step) => intent(step) + outcome(step)).join("") + end;

const ended = (exitCode: number): Ended => ({ exitCode, signal: null, stdout: "the last word", stderr: "", ms: 1 });
const wrong = (journal: string, record: number, exitCode: number, ms = 1_000) => {
  const stop = orderlyStop(before + journal, before.length, record);
  return stop && unheeded(stop, ended(exitCode), exitCode === 130, ms);
};

it("says when it was asked, what it began then, and what it left", () => {
  const stopped = start + intent("a") + outcome("a") + intent("b") + outcome("b", "failed") + outcome("a", "undone");
  const askedAtMs = Date.parse(at);
  expect(orderlyStop(before + stopped, before.length, 3)).toEqual({ askedAtMs, inStep: false, began: 1, left: 2 });
  expect(orderlyStop(before + stopped, before.length, 4)).toEqual({ askedAtMs, inStep: true, began: 0, left: 2 });
  expect(orderlyStop(before + stopped, before.length, 9)).toBeUndefined();
});

it("one that stops in the step, or in the next, obeys", () => {
  expect(wrong(start + intent("a") + outcome("a", "failed") + end, 2, 130)).toEqual([]);
  expect(wrong(start + intent("a") + outcome("a") + intent("b") + outcome("b", "failed") + end, 3, 130)).toEqual([]);
});

it.each([10, 9, 8, 7])("one that has nothing left to do but the last step may end well: record %i", (record) => {
  expect(wrong(all, record, 0)).toEqual([]);
});

it.each([
  [6, 1],
  [5, 2],
  [4, 2],
  [1, 4],
])("one that goes on does not obey: record %i", (record, began) => {
  expect(wrong(all, record, 0)).toEqual([`steps that it began after it was asked to stop: ${began}`]);
});

it("one that ends with another word than that it was interrupted does not obey", () => {
  expect(wrong(start + intent("a") + outcome("a", "failed") + end, 2, 20)).toEqual([
    "asked to stop it ended with 20: the last word",
  ]);
});

it("one that takes too long does not obey, though it stops", () => {
  const stopped = start + intent("a") + outcome("a", "failed") + end;
  expect(wrong(stopped, 2, 130, longestStopMs)).toEqual([]);
  expect(wrong(stopped, 2, 130, 60_000)).toEqual(["it ended 60.0 s after it was asked to stop, 20.0 s at most"]);
});
