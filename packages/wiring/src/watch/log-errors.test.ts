import { expect, it } from "vitest";
import { isErrorLine } from "./log-errors.ts";

it.each([
  "2026-05-01 10:00:00 ERROR orders: timeout",
  '{"level":50,"msg":"x"}',
  '{"level": "error", "msg": "x"}',
  "Traceback (most recent call last):",
  "TypeError: x is not a function",
  "java.lang.IllegalStateException: y",
  "[crit] 7#7: connect() failed",
  '10.0.0.1 - - "GET / HTTP/1.1" 502 150',
  "panic: runtime error: index out of range",
  "FATAL:  password authentication failed",
])("speaks of an error: %s", (line) => {
  expect(isErrorLine(line)).toBe(true);
});

it.each([
  "listening on 3000",
  "compiled with 0 errors",
  "no errors found",
  '{"level":30,"errors":[]}',
  "errors: 0",
  '10.0.0.1 - - "GET /style HTTP/1.1" 200 500',
  "terror is a film",
])("does not: %s", (line) => {
  expect(isErrorLine(line)).toBe(false);
});
