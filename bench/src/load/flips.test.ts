import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { anAnswer } from "./answer.fake.ts";
import { countFlips } from "./flips.ts";

describe("flips", () => {
  const next = anAnswer({ client: 3, sentAt: 100, endedAt: 110, version: "v2" });

  it("count a client that asked after its first new answer and got an old one", () => {
    const old = anAnswer({ client: 3, sentAt: 111, endedAt: 115 });
    expect(countFlips([next, old], "v1", "v2")).toEqual({ forward: [3], back: [3] });
  });

  it("do not count an old answer that was under way when the new one came", () => {
    const underWay = anAnswer({ client: 3, sentAt: 109, endedAt: 2_000 });
    expect(countFlips([next, underWay], "v1", "v2").back).toEqual([]);
  });

  it("do not mix clients", () => {
    const other = anAnswer({ client: 4, sentAt: 111, endedAt: 115 });
    expect(countFlips([next, other], "v1", "v2")).toEqual({ forward: [3], back: [] });
  });

  it("never go back when each client's answers change once", () => {
    const cutovers = fc.array(fc.nat(1_000), { minLength: 1, maxLength: 10 });
    fc.assert(
      fc.property(cutovers, fc.array(fc.nat(1_000), { maxLength: 100 }), (cutoverOf, sentTimes) => {
        const answers = sentTimes.map((sentAt, index) => {
          const client = index % cutoverOf.length;
          const version = sentAt >= (cutoverOf[client] ?? 0) ? "v2" : "v1";
          return anAnswer({ client, sentAt, endedAt: sentAt + 1, version });
        });
        expect(countFlips(answers, "v1", "v2").back).toEqual([]);
      }),
    );
  });
});
