import { expect, it } from "vitest";
import { rehearsalCopyText } from "./rehearsal-copy.ts";

it("says of the copy that was rehearsed on whose data it is and how old, as far as that is known", () => {
  const copy = { at: "2026-05-01T09:00:00.000Z", ageMs: 3_600_000, release: "v1" };
  expect(rehearsalCopyText({ backup: "b-1", copy })).toBe("backup b-1 of release v1, 1h old");
  expect(rehearsalCopyText({ backup: "b-1", copy: { ...copy, release: null } })).toBe(
    "backup b-1 of no known release, 1h old",
  );
  expect(rehearsalCopyText({ backup: "b-1" })).toBe("backup b-1");
});
