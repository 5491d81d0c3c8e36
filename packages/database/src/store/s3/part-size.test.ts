import { expect, it } from "vitest";
import { bytesOf, chunks } from "../../testing/bytes.ts";
import { partBytesFor, withinParts } from "./part-size.ts";

it("parts are as large as twice the database asks for, so that 10,000 are enough", () => {
  expect(partBytesFor()).toBe(16 << 20);
  expect(partBytesFor(50e9)).toBe(16 << 20);
  expect(partBytesFor(1e12)).toBe(191 << 20);
  expect(partBytesFor(1e12) * 10_000).toBeGreaterThan(2e12);
});

it("what is larger than all parts together ends with a word about it", async () => {
  expect(await bytesOf(withinParts(chunks("x".repeat(10_000)), "s3://b", 1))).toHaveLength(10_000);
  await expect(bytesOf(withinParts(chunks("x".repeat(9_999), "xx"), "s3://b", 1))).rejects.toMatchObject({
    code: "BACKUP_FAILED",
    message: "it is larger than s3://b takes in 10000 parts of 1 bytes",
  });
});
