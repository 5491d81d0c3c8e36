import fc from "fast-check";
import { expect, it } from "vitest";
import { releaseId, releaseKey } from "./release-identity.ts";

const commit = "a".repeat(40);

it("the same commit and model have one key, whatever the nonce", () => {
  const key = releaseKey({ commit, dirty: false }, "m1", "1");
  expect(releaseKey({ commit, dirty: false }, "m1", "2")).toBe(key);
  expect(releaseKey({ commit, dirty: false }, "m2", "1")).not.toBe(key);
  expect(releaseKey({ commit: "b".repeat(40), dirty: false }, "m1", "1")).not.toBe(key);
});

it("a tree that no commit names is never the same twice", () => {
  for (const tree of [
    { commit, dirty: true },
    { commit: null, dirty: false },
    { commit: null, dirty: true },
  ]) {
    expect(releaseKey(tree, "m1", "1")).not.toBe(releaseKey(tree, "m1", "2"));
    expect(releaseKey(tree, "m1", "1")).not.toBe(releaseKey({ commit, dirty: false }, "m1", "1"));
  }
});

it("the id depends on key and images, not on their order, and is a safe name", () => {
  const images = fc.dictionary(fc.string(), fc.string());
  fc.assert(
    fc.property(fc.string(), images, (key, found) => {
      const id = releaseId(key, found);
      expect(id).toMatch(/^r[0-9a-f]{16}$/);
      expect(releaseId(key, Object.fromEntries(Object.entries(found).toReversed()))).toBe(id);
      expect(releaseId(`${key}x`, found)).not.toBe(id);
      expect(releaseId(key, { ...found, "a new service": "sha256:1" })).not.toBe(id);
    }),
  );
});
