import { expect, it } from "vitest";
import { withoutEnding } from "./github-endings.ts";

const shown = (ref: string, ...states: readonly string[]) => ({ ref, statuses: states.map((state) => ({ state })) });

it("every deployment that GitHub shows has an ending, and one at most is in production", () => {
  expect(
    withoutEnding([shown("v1", "queued", "success", "inactive"), shown("v2", "failure"), shown("v3", "success")]),
  ).toEqual([]);
  expect(withoutEnding([shown("v1"), shown("v2", "queued", "in_progress")])).toEqual([
    "GitHub shows v1 as without a status",
    "GitHub shows v2 as in_progress",
  ]);
  expect(withoutEnding([shown("v1"), shown("v2", "queued")], 1)).toEqual(["GitHub shows v2 as queued"]);
  expect(withoutEnding([shown("v1", "success"), shown("v2", "success")])).toEqual([
    "GitHub shows v1 and v2 in production",
  ]);
});
