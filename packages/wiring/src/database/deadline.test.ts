import { expect, it } from "vitest";
import { within } from "./deadline.ts";

const never = new AbortController().signal;
const untilAborted = (signal: AbortSignal) =>
  new Promise<never>((_resolve, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason as Error));
  });

it("gives the result, and leaves no timer behind", async () => {
  expect(await within(3_600_000, "x", "it", never, async () => 42)).toBe(42);
});

it("says what took too long, and which setting says so", async () => {
  await expect(within(5, "database.timeout", "a backup of db", never, untilAborted)).rejects.toMatchObject({
    code: "DEADLINE_EXCEEDED",
    message: "a backup of db took longer than 5 ms",
    hint: expect.stringContaining("database.timeout"),
  });
});

it("passes an abort on", async () => {
  const stop = new AbortController();
  const running = within(3_600_000, "x", "it", stop.signal, untilAborted);
  stop.abort(new Error("enough"));
  await expect(running).rejects.toThrow("enough");
});
