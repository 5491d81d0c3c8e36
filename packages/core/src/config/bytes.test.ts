import { expect, it } from "vitest";
import { formatBytes } from "./bytes.ts";

it.each([
  [0, "0 B"],
  [999, "999 B"],
  [1_000, "1.00 kB"],
  [999_999, "1.00 MB"],
  [12_345_678, "12.3 MB"],
  [173_200_000, "173 MB"],
  [1_064_000_000, "1.06 GB"],
  [5e15, "5000 TB"],
])("%d: %s", (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});
