import { expect, it } from "vitest";
import { longestDescription, shortened } from "./deployment-states.ts";

it("a description is one line of at most 140 characters, each of them whole", () => {
  expect(shortened("  two\n lines ")).toBe("two lines");
  expect(shortened("x".repeat(longestDescription))).toBe("x".repeat(longestDescription));
  const cut = shortened("🚢".repeat(longestDescription + 1));
  expect(cut).toBe(`${"🚢".repeat(longestDescription - 1)}…`);
});
