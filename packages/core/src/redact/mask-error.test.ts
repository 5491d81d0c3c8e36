import { describe, expect, it } from "vitest";
import { SluiceError } from "../errors/sluice-error.ts";
import { maskError } from "./mask-error.ts";
import { createRedactor } from "./redactor.ts";

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
