import { expect, it } from "vitest";
import { harmless, harmlessLines } from "./harmless-lines.ts";

it.each([
  ["  | GET /x\r::set-output name=outcome::live", "  | GET /x ::set-output name=outcome::live"],
  ["\r::add-mask::x", " : :add-mask::x"],
  ["a\r\n##[command]x", "a ## [command]x"],
])("as one line, %j holds no command of the runner", (written, shown) => {
  expect(harmless(written)).toBe(shown);
});

it.each([
  ["checked\r::set-output name=outcome::live", ["checked", ": :set-output name=outcome::live"]],
  ["a\n  ::add-mask::e\r\n::stop-commands::x", ["a", "  : :add-mask::e", ": :stop-commands::x"]],
  ['{"text":"##[add-mask]e a::b"}', ['{"text":"## [add-mask]e a::b"}']],
])("nor does %j in any of its lines", (written, shown) => {
  expect(harmlessLines(written)).toEqual(shown);
});
