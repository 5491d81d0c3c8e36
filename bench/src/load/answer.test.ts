import { describe, expect, it } from "vitest";
import { failureOfError, failureOfStatus } from "./answer.ts";

describe("failures", () => {
  it.each([
    ["ECONNREFUSED", "refused"],
    ["ECONNRESET", "reset"],
    ["EPIPE", "reset"],
    ["ETIMEDOUT", "timeout"],
    ["EHOSTUNREACH", "other"],
  ])("of code %s are %s", (code, kind) => {
    expect(failureOfError(Object.assign(new Error("broke"), { code }))).toEqual({ kind, detail: code });
  });

  it("of our own deadline are timeouts", () => {
    expect(failureOfError(Object.assign(new Error("late"), { name: "TimeoutError" })).kind).toBe("timeout");
  });

  it("are server errors, or any other status than the one that was due", () => {
    expect(failureOfStatus(200, 200)).toBeUndefined();
    expect(failureOfStatus(503, 200)).toEqual({ kind: "5xx", detail: "503" });
    expect(failureOfStatus(200, 201)).toEqual({ kind: "status", detail: "200" });
  });
});
