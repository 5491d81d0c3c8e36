import { createRedactor } from "@sluice/core";
import { describe, expect, it } from "vitest";
import { withMaskedErrors } from "./masked-errors.ts";

const secret = "cnry-q7Zk31";
const redact = createRedactor([secret]);

describe("what can fail", () => {
  const error = () => new Error(secret);
  const target = {
    name: "shop",
    later: async (value: number) => (value > 1 ? value : Promise.reject(error())),
    now(): string {
      if (this.name === "shop") throw error();
      return this.name;
    },
    async *lines() {
      yield "a";
      throw error();
    },
    nested: { later: () => Promise.reject(error()) },
    async [Symbol.asyncDispose]() {
      throw error();
    },
  };
  const masked = withMaskedErrors(target, redact);
  const read = async () => {
    const lines: string[] = [];
    for await (const line of masked.lines()) lines.push(line);
  };

  it.each([
    ["a promise", () => masked.later(1)],
    ["a call", async () => masked.now()],
    ["lines", read],
    ["a part", () => masked.nested.later()],
    ["disposal", () => masked[Symbol.asyncDispose]()],
  ])("fails masked: %s", async (_, work) => {
    await expect(work()).rejects.toThrow("[redacted]");
  });

  it("does what it did", async () => {
    expect(await masked.later(2)).toBe(2);
    expect(masked.name).toBe("shop");
    expect((await masked.lines().next()).value).toBe("a");
  });
});
