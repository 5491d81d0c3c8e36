import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { aLogsCheck } from "../../../test/watched-checks.ts";
import { judgeLogs, type LogCount, type LogsSeen } from "./judge-logs.ts";

const seen = (candidate: LogCount, ...previous: readonly LogCount[]): LogsSeen => ({
  candidate,
  previous,
  forbidden: null,
  examples: [],
  looks: 10,
});
const all = (lines: number, seconds: number): LogCount => ({ lines, seconds, share: 100 });

describe("what a version writes", () => {
  it("fails where it is more than the version before wrote, and more than chance", () => {
    const verdict = judgeLogs(aLogsCheck(), seen(all(30, 60), all(20, 600)));
    expect(verdict).toMatchObject({
      result: "fail",
      value: "30 a minute in 1m",
      limit: "at most 2 times 2 a minute before",
      n: 30,
    });
    expect(verdict.p).toBeLessThan(1e-9);
  });

  it.each([
    ["as much as before", all(20, 60), all(200, 600)],
    ["a rise that is tolerated", all(35, 60), all(200, 600)],
    ["a few lines where none were", all(4, 60), all(0, 600)],
    ["a rise that may be chance", all(6, 60), all(2, 60)],
  ])("passes for %s", (_what, candidate, before) => {
    expect(judgeLogs(aLogsCheck(), seen(candidate, before)).result).toBe("pass");
  });

  it("finds a few lines where there were none for a long time", () => {
    expect(judgeLogs(aLogsCheck(), seen(all(8, 60), all(0, 600))).result).toBe("fail");
  });

  it("excuses what the version before writes too, at the same time", () => {
    const before = all(10, 600);
    const [own, beside] = [
      { lines: 300, seconds: 60, share: 50 },
      { lines: 300, seconds: 60, share: 50 },
    ];
    expect(judgeLogs(aLogsCheck(), seen(own, before)).result).toBe("fail");
    expect(judgeLogs(aLogsCheck(), seen(own, before, beside)).result).toBe("pass");
  });

  it("takes lines that come with time for no fault of a version with few users", () => {
    const beside = { lines: 20, seconds: 60, share: 95 };
    expect(judgeLogs(aLogsCheck(), seen({ lines: 20, seconds: 60, share: 5 }, beside)).result).toBe("pass");
  });

  it("knows of users who came over: what nine times as many cause is no rise", () => {
    const beside = { lines: 10, seconds: 600, share: 10 };
    expect(judgeLogs(aLogsCheck(), seen({ lines: 90, seconds: 600, share: 90 }, beside)).result).toBe("pass");
    expect(judgeLogs(aLogsCheck(), seen({ lines: 270, seconds: 600, share: 90 }, beside)).result).toBe("fail");
  });

  it("fails for one line that must never be, whatever was before", () => {
    const forbidden = { ...seen(all(1, 60), all(500, 600)), forbidden: "panic: out of memory" };
    expect(judgeLogs(aLogsCheck({ never: ["panic"] }), forbidden)).toMatchObject({
      result: "fail",
      detail: "panic: out of memory",
    });
  });

  it("fails above an absolute limit, also where the version before was no better", () => {
    const check = aLogsCheck({ maxPerMinute: 10 });
    expect(judgeLogs(check, seen(all(100, 60), all(1_000, 600))).result).toBe("fail");
    expect(judgeLogs(check, seen(all(12, 60), all(120, 600))).result).toBe("pass");
  });

  it("says that there is nothing to compare with, where lines are there and no version before", () => {
    expect(judgeLogs(aLogsCheck(), seen(all(50, 60)))).toMatchObject({
      result: "no-data",
      value: "50 a minute in 1m, nothing to compare with",
    });
    expect(judgeLogs(aLogsCheck(), seen(all(2, 60))).result).toBe("pass");
  });

  it("never fails a version that writes no more than the one before in any span, and more lines never help", () => {
    const count = fc.record({
      lines: fc.nat(10_000),
      seconds: fc.integer({ min: 1, max: 3_600 }),
      share: fc.integer({ min: 0, max: 100 }),
    });
    fc.assert(
      fc.property(count, fc.array(count, { maxLength: 3 }), fc.nat(1_000), (candidate, previous, more) => {
        const quiet = { ...candidate, lines: 0 };
        expect(judgeLogs(aLogsCheck(), seen(quiet, ...previous)).result).toBe("pass");
        const worse = { ...candidate, lines: candidate.lines + more };
        const [one, two] = [candidate, worse].map((own) => judgeLogs(aLogsCheck(), seen(own, ...previous)).result);
        expect(one === "fail" && two !== "fail").toBe(false);
      }),
    );
  });
});
