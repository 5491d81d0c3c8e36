import { aRelease } from "@sluice/core/testing";
import { expect, it } from "vitest";
import { creationTime, deploymentId, newestCreation } from "./in-order.ts";

const now = new Date("2026-03-04T05:06:07.890Z");

it.each([
  ["", "2026-03-04T05:06:07.890Z"],
  ["2026-03-04T05:06:07.889Z", "2026-03-04T05:06:07.890Z"],
  ["2026-03-04T05:06:07.890Z", "2026-03-04T05:06:07.891Z"],
  ["2031-12-31T23:59:59.999Z", "2032-01-01T00:00:00.000Z"],
])("a release after one of %j is of %s", (newest, expected) => {
  expect(creationTime(now, newest)).toBe(expected);
});

it("the newest is found in any order", () => {
  const at = (createdAt: string) => ({ ...aRelease("r").bundle, createdAt });
  const [early, late] = [at("2025-01-01T00:00:00.000Z"), at("2026-01-01T00:00:00.000Z")];
  expect([newestCreation([early, late]), newestCreation([late, early]), newestCreation([])]).toEqual([
    late.createdAt,
    late.createdAt,
    "",
  ]);
});

it.each([
  [null, "d20260304050607-a"],
  ["d20260304050605-z", "d20260304050607-a"],
  // Two of one second are in order, too.
  ["d20260304050607-z", "d20260304050608-a"],
  ["d20311231235959-z", "d20320101000000-a"],
  ["of another make", "d20260304050607-a"],
])("a deployment after %j is %s", (before, expected) => {
  expect(deploymentId(now, before, "a")).toBe(expected);
});
