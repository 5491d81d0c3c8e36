import { SluiceError, type Verdict } from "@sluice/core";
import { expect, it } from "vitest";
import { troubleOf, troublesOf } from "./trouble.ts";

const verdict: Verdict = { check: "GET /", result: "fail", value: "503", limit: "status 200", n: 1 };

it("checks that failed are troubles, and no others", () => {
  const silent = { ...verdict, check: "errors", result: "no-data", value: "no data", limit: "" } as const;
  expect(
    troublesOf([
      verdict,
      { ...verdict, check: "GET /b", result: "pass" },
      { ...silent, onNoData: "fail" },
      { ...silent, check: "memory", onNoData: "warn" },
    ]),
  ).toEqual([
    { key: "GET /", text: "GET /: 503 (limit status 200)", hint: "sluice verify" },
    { key: "errors", text: "errors: no data", hint: "sluice verify" },
  ]);
});

it("an error is one by its code, with what helps", () => {
  const error = new SluiceError("DISK_FULL", "no room for 4 GB", { hint: "sluice db prune" });
  expect(troubleOf(error)).toEqual({ key: "DISK_FULL", text: "DISK_FULL: no room for 4 GB", hint: "sluice db prune" });
  expect([troubleOf(new Error("a bug")), troubleOf("x")]).toEqual([
    { key: "unknown", text: "a bug" },
    { key: "unknown", text: "x" },
  ]);
});
