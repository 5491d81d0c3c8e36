import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { judgeLoad, type LoadAnswer, loadLimit } from "./judge-load.ts";

const check = { rate: 10, expect: { status: [], errors: 1, p95Ms: 200 } };
const answers = (n: number, of: (index: number) => Partial<LoadAnswer> = () => ({})): LoadAnswer[] =>
  Array.from({ length: n }, (_, index) => ({ ms: 20, status: 200, ...of(index) }));

describe("what a load shows", () => {
  it("passes within the limits, with what was measured", () => {
    expect(loadLimit(check)).toBe("10 requests/s, errors <= 1 %, p95 <= 200ms");
    expect(judgeLoad(check, answers(100), 9_900)).toEqual({
      result: "pass",
      value: "10 requests/s, 0 % errors, p50 20 ms, p95 20 ms, p99 20 ms",
      n: 100,
    });
  });

  it("fails for errors and for what is slow", () => {
    const bad = answers(100, (index) => (index < 3 ? { status: index === 0 ? null : 503 } : {}));
    expect(judgeLoad(check, bad, 9_900)).toMatchObject({ result: "fail", detail: "no answer: 1, status 503: 2" });
    const slow = answers(100, (index) => (index % 10 === 0 ? { ms: 900 } : {}));
    expect(judgeLoad(check, slow, 9_900)).toMatchObject({
      result: "fail",
      value: expect.stringContaining("p95 900 ms"),
    });
    expect(judgeLoad({ ...check, expect: { ...check.expect, status: [201] } }, answers(5), 400).result).toBe("fail");
  });

  it("says nothing where the rate could not be sent", () => {
    expect(judgeLoad(check, answers(100), 20_000)).toMatchObject({ result: "inconclusive", n: 100 });
    expect(judgeLoad(check, [], 0).result).toBe("inconclusive");
  });

  it("is never made better by an answer that is slower or an error", () => {
    const answer = fc.record({
      ms: fc.integer({ min: 0, max: 1_000 }),
      status: fc.constantFrom(200, 204, 404, 500, null),
    });
    fc.assert(
      fc.property(fc.array(answer, { minLength: 1, maxLength: 60 }), fc.nat(), (seen, at) => {
        const worse = seen.map((one, index) => (index === at % seen.length ? { ms: one.ms + 500, status: null } : one));
        const sentMs = (seen.length - 1) * 100;
        const [before, after] = [seen, worse].map((all) => judgeLoad(check, all, sentMs).result);
        return !(before === "fail" && after !== "fail");
      }),
    );
  });
});
