import { describe, expect, it } from "vitest";
import { leaveNothing } from "./all-or-nothing.ts";

describe("a run of SQL files", () => {
  const up =
    "-- migrate:up\nupdate t set a = a * 2; alter table t add b int;\n-- migrate:down\nalter table t drop b;\n";
  it("is all or nothing where each leaves its transaction to dbmate", () => {
    expect(leaveNothing([{ text: up }, { text: up }])).toBe(true);
    expect(leaveNothing([{ text: up }, { text: up.replace(":up", ":up transaction:false") }])).toBe(false);
    expect(leaveNothing([{ text: up.replace("; alter", "; COMMIT; alter") }])).toBe(false);
  });
});
