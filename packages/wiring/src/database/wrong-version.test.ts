import { describe, expect, it } from "vitest";
import { wrongVersion } from "./wrong-version.ts";

const [a, b, c] = ["20260101000000_a.sql", "20260201000000_b.sql", "20260301000000_c.sql"];
const numbers = (...names: readonly string[]) => names.map((name) => name.slice(0, 14));

describe("what dbmate would take back of a release", () => {
  it("is its own where it is the last that ran", () => {
    expect(wrongVersion([a, b, c], numbers(a, b, c), [a, b])).toBeNull();
    // What ran once and is no file any more is older.
    expect(wrongVersion([b, c], numbers(a, b, c))).toBeNull();
    expect(wrongVersion([a, b], [])).toBeNull();
  });

  it("is another one where a release that has more files ran since", () => {
    expect(wrongVersion([a, b], numbers(c, a, b))).toEqual({
      why: "it would take back 20260201000000_b.sql, and 20260301000000 was applied after it",
      isOfServing: false,
    });
    expect(wrongVersion(["002_b.sql"], ["002", "0010"])).not.toBeNull();
  });

  it("is that of the release that serves where the named one has nothing of its own there", () => {
    expect(wrongVersion([a, b, c], numbers(a, b), [a, b])).toEqual({
      why: "it would take back 20260201000000_b.sql, which the release that serves has too",
      isOfServing: true,
    });
  });
});
