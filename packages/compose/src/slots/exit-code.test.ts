import { createFakeClock } from "@sluice/testing";
import { describe, expect, it } from "vitest";
import { exitCodeOf } from "./exit-code.ts";

const reset = Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET" });
const gone = Object.assign(new Error("no such container"), { statusCode: 404 });

/** Waits of an engine, one after the other; the last one for ever. */
function waiting(...answers: readonly (number | Error)[]) {
  const asked: unknown[] = [];
  const wait = async (options?: unknown) => {
    const answer = answers[Math.min(asked.push(options), answers.length) - 1];
    if (typeof answer !== "number") throw answer;
    return { StatusCode: answer };
  };
  return { asked, wait };
}

describe("how a container ends", () => {
  it("is asked in a way that does not miss an end before the question", async () => {
    const container = waiting(3);
    expect(await exitCodeOf({ clock: createFakeClock() }, container)).toBe(3);
    expect(container.asked).toEqual([{ condition: "not-running" }]);
  });

  it("is asked again when the connection breaks", async () => {
    const clock = createFakeClock();
    const code = exitCodeOf({ clock }, waiting(reset, reset, 4));
    expect(await code).toBe(4);
  });

  it("is not asked again where the engine has answered, nor of one that is gone for good", async () => {
    const clock = createFakeClock();
    await expect(exitCodeOf({ clock }, waiting(gone))).rejects.toBe(gone);
    const [container, controller] = [waiting(reset), new AbortController()];
    const given = exitCodeOf({ clock }, container, { signal: controller.signal });
    given.catch(() => undefined);
    await expect(given).rejects.toBe(reset);
    expect(container.asked).toHaveLength(31);
  });

  it("is not asked any more once the signal aborts", async () => {
    const [container, controller] = [waiting(reset), new AbortController()];
    const given = exitCodeOf({ clock: createFakeClock() }, container, { signal: controller.signal });
    controller.abort(new Error("cancelled"));
    await expect(given).rejects.toThrow("cancelled");
  });
});
