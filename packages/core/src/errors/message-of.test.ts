import { expect, it } from "vitest";
import { messageOf } from "./message-of.ts";

it.each([
  [new TypeError("no such thing"), "no such thing"],
  ["gone", "gone"],
  [undefined, "undefined"],
])("%j says %s", (thrown, message) => {
  expect(messageOf(thrown)).toBe(message);
});
