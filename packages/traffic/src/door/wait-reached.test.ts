import { SluiceError } from "@sluice/core";
import { createFakeClock } from "@sluice/testing";
import { describe, expect, it } from "vitest";
import { type SeenServer, waitReached } from "./wait-reached.ts";

const up: SeenServer = { isReached: true, address: "10.0.0.2", answer: "status 200" };
const down: SeenServer = { isReached: false, address: "10.0.0.3", answer: "status 503" };

/** Looks one after the other, the last for ever; `null`: the door does not answer. */
async function wait(looks: readonly (readonly SeenServer[] | null)[], signal?: AbortSignal) {
  const clock = createFakeClock();
  const begin = clock.monotonicMs();
  let count = 0;
  const look = async () => {
    const seen = looks[Math.min(count, looks.length - 1)];
    count += 1;
    if (!seen) throw new Error("the door does not answer");
    return seen;
  };
  await waitReached({ door: "door", clock, pollMs: 40 }, { slot: "green", count: 2, timeoutMs: 1_000, look }, signal);
  return { looks: count, ms: clock.monotonicMs() - begin };
}

describe("a wait for servers", () => {
  it("ends with the look that finds them all, whatever a door that starts has answered before", async () => {
    expect(await wait([null, [down], [up, down], [up, up]])).toEqual({ looks: 4, ms: 120 });
  });

  it("says at its end what the door knows of each", async () => {
    await expect(wait([[up, down]])).rejects.toMatchObject({
      code: "NOT_READY",
      message: "door door reaches 1 of 2 servers of green after 1s: status 503",
      detail: "10.0.0.2: status 200\n10.0.0.3: status 503",
    });
  });

  it("fails as the door does, if that never answers", async () => {
    await expect(wait([[up, down], null])).rejects.toThrow("the door does not answer");
  });

  it("does not wait for a door that is gone", async () => {
    const clock = createFakeClock();
    const began = clock.monotonicMs();
    const gone = new SluiceError("DOOR_FAILED", "door door is not there any more");
    const request = { slot: "green", count: 1, timeoutMs: 30_000, look: () => Promise.reject(gone) } as const;
    await expect(waitReached({ door: "door", clock, pollMs: 40 }, request)).rejects.toBe(gone);
    expect(clock.monotonicMs()).toBe(began);
  });

  it("ends with its signal, though the look did well", async () => {
    await expect(wait([[up, up]], AbortSignal.abort(new Error("enough")))).rejects.toThrow("enough");
  });
});
