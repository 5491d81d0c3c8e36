import { isReleaseTag } from "@sluice/core";
import fc from "fast-check";
import { expect, it } from "vitest";
import { imageTagOf } from "./image-tag.ts";

it.each([
  ["v1.2.3", "v1.2.3"],
  ["release/2.0", "release-2.0"],
  ["@shop/web@1.2.0", "shop-web-1.2.0"],
  ["1.2.0+7", "1.2.0-7"],
])("images of release %s have the tag %s", (release, tag) => {
  expect(imageTagOf(release)).toBe(tag);
});

it("whatever can name a release gives its images a tag that they can have", () => {
  const letter = fc.constantFrom("a", "Z", "0", ".", "_", "-", "+", "@", "/");
  fc.assert(
    fc.property(fc.string({ unit: letter, maxLength: 140 }).filter(isReleaseTag), (release) => {
      expect(imageTagOf(release)).toMatch(/^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/);
    }),
  );
});
