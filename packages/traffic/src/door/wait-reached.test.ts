import { createFakeClock } from "@sluice/testing";
import { describe, expect, it } from "vitest";
import { type SeenServer, waitReached } from "./wait-reached.ts";

const up: SeenServer = { isReached: true, seen: "10.0.0.2 UP" };
const down: SeenServer = { isReached: false, seen: "10.0.0.3 L4CON" };

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
      message: "door door reaches 1 of 2 servers of green after 1000 ms",
      detail: "10.0.0.2 UP\n10.0.0.3 L4CON",
    });
  });

  it("fails as the door does, if that never answers", async () => {
    await expect(wait([[up, down], null])).rejects.toThrow("the door does not answer");
  });

  it("ends with its signal, though the look did well", async () => {
    await expect(wait([[up, up]], AbortSignal.abort(new Error("enough")))).rejects.toThrow("enough");
  });
});
