import { createFakeClock } from "@sluice/testing";
import { expect, it } from "vitest";
import { inTime } from "./deadline.ts";

const never = new AbortController().signal;
const untilAborted = (signal: AbortSignal) =>
  new Promise<never>((_resolve, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason as Error));
  });

it("says what took too long, and which setting says so", async () => {
  const bound = { ms: 5, setting: "database.timeout", what: "a backup of db" };
  await expect(inTime(createFakeClock(), bound, never, untilAborted)).rejects.toMatchObject({
    code: "DEADLINE_EXCEEDED",
    message: "a backup of db took longer than 5 ms",
    hint: "raise database.timeout if it only needs more time",
  });
});

it("proposes no setting where there is none", async () => {
  const bound = { ms: 5, setting: null, what: "looking at db" };
  await expect(inTime(createFakeClock(), bound, never, untilAborted)).rejects.toMatchObject({ hint: undefined });
});
