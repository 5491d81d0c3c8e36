import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseChangeset } from "./parse-changeset.ts";

describe("a changeset", () => {
  it("says what changes, and for which packages", () => {
    expect(parseChangeset(`---\n"sluice": minor\n'@sluice/core': patch\nshop: major\n---\n\nIt is quicker.\n`)).toEqual(
      {
        packages: { sluice: "minor", "@sluice/core": "patch", shop: "major" },
        summary: "It is quicker.",
      },
    );
    expect(parseChangeset("\uFEFF---\r\nshop: patch\r\n---\r\nTwo\r\nlines.\r\n")?.summary).toBe("Two\nlines.");
  });

  it.each(["", "# Changesets\n", "---\nshop: patch\n---\n", "---\nshop: patch\n"])("is not %j", (text) => {
    expect(parseChangeset(text)).toBeNull();
  });

  it("keeps every summary", () => {
    const line = fc.stringMatching(/^[a-z]([a-z .]{0,20}[a-z.])?$/);
    const bump = fc.constantFrom("major", "minor", "patch");
    const packages = fc.dictionary(fc.stringMatching(/^@?[a-z]{1,8}(\/[a-z]{1,8})?$/), bump, { noNullPrototype: true });
    fc.assert(
      fc.property(packages, fc.array(line, { minLength: 1, maxLength: 4 }), (bumps, lines) => {
        const front = Object.entries(bumps).map(([name, kind]) => `"${name}": ${kind}\n`);
        const summary = lines.join("\n");
        expect(parseChangeset(`---\n${front.join("")}---\n\n${summary}\n`)).toEqual({ packages: bumps, summary });
      }),
    );
  });
});
