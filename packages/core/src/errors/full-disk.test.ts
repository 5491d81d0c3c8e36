import { expect, it } from "vitest";
import { isFullDisk } from "./full-disk.ts";

it.each([
  ["write /tmp/runc-process: no space left on device", true],
  ["printf: write error: No space left on device", true],
  ["write: Disk quota exceeded", true],
  ["the container is paused", false],
])("tells a full disk from other failures: %s", (said, isFull) => {
  expect(isFullDisk(said)).toBe(isFull);
});
