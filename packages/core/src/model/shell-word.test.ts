import { expect, it } from "vitest";
import { shellWord } from "./shell-word.ts";

it.each([
  ["prod.env", "prod.env"],
  ["/srv/s@1%+=:,-", "/srv/s@1%+=:,-"],
  ["more files.yml", "'more files.yml'"],
  ["$HOME", "'$HOME'"],
  ["it's", String.raw`'it'\''s'`],
  ["", "''"],
])("%j is written as %s", (word, written) => {
  expect(shellWord(word)).toBe(written);
});
