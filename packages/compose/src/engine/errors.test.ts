import { SluiceError } from "@sluice/core";
import { expect, it } from "vitest";
import { engineError } from "./errors.ts";

const failed = (errno: string | undefined, statusCode?: number) =>
  engineError(Object.assign(new Error(`write ${errno}`), { code: errno, statusCode }), "containers cannot be listed");

it.each(["ENOENT", "ECONNREFUSED", "EPIPE", "ECONNRESET"])(
  "an engine that is not there, or whose connection breaks, is not reached: %s",
  (errno) => {
    expect(failed(errno)).toMatchObject({ code: "ENGINE_UNREACHABLE", message: expect.stringContaining(errno) });
  },
);

it("what the engine answered is its own failure, and an error of ours stays as it is", () => {
  expect(failed("EPIPE", 500)).toMatchObject({ code: "ENGINE_FAILED" });
  expect(failed(undefined)).toMatchObject({ code: "ENGINE_FAILED" });
  const own = new SluiceError("IMAGE_MISSING", "no image");
  expect(engineError(own, "it cannot be read")).toBe(own);
});
