import { expect, it } from "vitest";
import { isAbortOf } from "./is-abort-of.ts";
import { SluiceError } from "./sluice-error.ts";

const reason = new Error("interrupted by SIGINT");
const signal = { aborted: true, reason };

it.each([
  ["its reason", reason],
  ["what only says that it aborted", new DOMException("This operation was aborted", "AbortError")],
  ["what that caused", new SluiceError("ENGINE_FAILED", "cannot be asked", { cause: reason })],
  ["what caused that in turn", new Error("a", { cause: new Error("b", { cause: reason }) })],
])("the abort of a signal is %s", (_title, error) => {
  expect(isAbortOf(error, signal)).toBe(true);
  expect(isAbortOf(error, { aborted: false, reason: undefined })).toBe(false);
});

it.each([
  ["another error", new SluiceError("RESTORE_FAILED", "the databases could not be swapped")],
  ["what another error caused", new Error("a", { cause: new Error("b") })],
  ["no error", undefined],
])("%s is none", (_title, error) => {
  expect(isAbortOf(error, signal)).toBe(false);
});
