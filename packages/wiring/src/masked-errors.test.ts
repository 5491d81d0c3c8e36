import { createRedactor, SluiceError } from "@sluice/core";
import { describe, expect, it } from "vitest";
import { maskError, withMaskedErrors } from "./masked-errors.ts";

const secret = "cnry-q7Zk31";
const redact = createRedactor([secret]);
const everything = (error: unknown): string => {
  const { cause, stack, message, ...rest } = error as Error;
  return [stack, message, JSON.stringify(rest), cause === undefined ? "" : everything(cause)].join("\n");
};

describe("an error", () => {
  it("has no secret in its message, stack, hint, detail, or cause", () => {
    const cause = Object.assign(new TypeError(`no ${secret} there`), { cmd: `run ${secret}` });
    const error = new SluiceError("COMPOSE_INVALID", `port ${secret}`, {
      hint: `not ${secret}`,
      detail: secret,
      cause,
    });
    expect(everything(error)).toContain(secret);
    maskError(error, redact);
    expect(everything(error)).not.toContain(secret);
    expect(error).toMatchObject({ code: "COMPOSE_INVALID", message: "port [redacted]", exitCode: 2 });
  });

  it("that is many has none in any", () => {
    const error = new AggregateError([new Error(secret)], secret);
    maskError(error, redact);
    expect(everything(error) + everything(error.errors[0])).not.toContain(secret);
  });

  it("that is its own cause, or none at all, ends", () => {
    const error = new Error(secret);
    error.cause = error;
    maskError(error, redact);
    expect(error.message).toBe("[redacted]");
    maskError(secret, redact);
    maskError(undefined, redact);
  });
});

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
