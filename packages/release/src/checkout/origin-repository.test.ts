import fc from "fast-check";
import { expect, it } from "vitest";
import { repositoryOfRemote } from "./origin-repository.ts";

it.each([
  ["https://github.com/acme/shop.git", "acme/shop"],
  ["https://x-access-token:t@github.com/acme/shop", "acme/shop"],
  ["git@github.com:acme/shop.js.git", "acme/shop.js"],
  ["ssh://git@github.example:2222/acme/shop.git/", "acme/shop"],
  ["/srv/git/shop.git", null],
  ["../shop", null],
  ["https://github.com/acme", null],
  ["https://example.com/group/sub/shop.git", null],
])("%s is %s", (url, expected) => {
  expect(repositoryOfRemote(url)).toBe(expected);
});

it("is found in every form of an address", () => {
  const name = fc.stringMatching(/^[a-z][a-z0-9-]{0,10}$/);
  const form = fc.constantFrom("https://h.example/", "ssh://git@h.example/", "git@h.example:");
  fc.assert(
    fc.property(form, name, name, fc.constantFrom("", ".git", "/"), (begin, owner, repo, end) => {
      expect(repositoryOfRemote(`${begin}${owner}/${repo}${end}`)).toBe(`${owner}/${repo}`);
    }),
  );
});
