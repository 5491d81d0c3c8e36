import type { JudgeWindow, SlotWindow, Verdict } from "@sluice/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { settings } from "../../test/simulate.ts";
import { judge } from "./judge.ts";

function aWindow(changes: Partial<SlotWindow> = {}): SlotWindow {
  return { requests: 0, errors: 0, http4xx: 0, latenciesMs: [], clients: 0, clientsWithErrors: 0, ...changes };
}

function judged(
  candidate: Partial<SlotWindow>,
  previous: Partial<SlotWindow> | null,
  changes: Partial<JudgeWindow> = {},
) {
  const window = { look: 1, looks: 10, settings, ...changes };
  const verdicts = judge({ ...window, candidate: aWindow(candidate), previous: previous && aWindow(previous) });
  return Object.fromEntries(verdicts.map((verdict) => [verdict.check, verdict])) as Record<string, Verdict>;
}

const spread = (count: number, from: number, to: number) =>
  Array.from({ length: count }, (_, index) => from + ((to - from) * index) / count);

describe("errors", () => {
  it("fail at once when all requests do, without a statistic", () => {
    expect(judged({ requests: 5, errors: 5 }, { requests: 3 })["errors"]).toMatchObject({
      result: "fail",
      value: "100 % errors",
      limit: "some requests succeed",
      n: 5,
    });
    expect(judged({ requests: 4, errors: 4 }, { requests: 3 })["errors"]).toMatchObject({ result: "no-data" });
  });

  it("that both have in common roll nothing back", () => {
    expect(judged({ requests: 9, errors: 9 }, { requests: 80, errors: 80 })["errors"]?.result).toBe("no-data");
  });

  it("that the few requests of the previous meet too are not the release's, while as many of it may fail by chance", () => {
    const all = { requests: 5, errors: 5, clients: 5, clientsWithErrors: 5 };
    expect(judged(all, { requests: 4, errors: 4 })["errors"]?.result).toBe("no-data");
    expect(judged(all, { requests: 1, errors: 1 })["errors"]?.result).toBe("no-data");
    expect(judged(all, { requests: 5, errors: 4 })["errors"]?.result).toBe("no-data");
    expect(judged(all, { requests: 5, errors: 1 })["errors"]?.result).toBe("fail");
    expect(judged(all, {})["errors"]?.result).toBe("fail");
  });

  it("of an outage that leaves the previous some successes throw no release away", () => {
    const failing = (requests: number) => ({ requests, errors: requests, clients: 5, clientsWithErrors: 5 });
    for (const errors of [500, 900, 999]) {
      expect(judged(failing(5), { requests: 1_000, errors, clients: 50 })["errors"]?.result).toBe("no-data");
    }
    expect(judged(failing(9), { requests: 1_000, errors: 500, clients: 50 })["errors"]?.result).toBe("fail");
    expect(judged(failing(5), { requests: 1_000, errors: 100, clients: 50 })["errors"]?.result).toBe("fail");
  });

  it("fail when they are more than chance and than tolerated, with numbers", () => {
    expect(judged({ requests: 200, errors: 20 }, { requests: 2_000, errors: 10 })["errors"]).toEqual({
      check: "errors",
      result: "fail",
      value: "10 % errors",
      limit: "<= 1.5 % (previous 0.5 %, n=2000)",
      n: 200,
      p: expect.closeTo(0, 6),
      measured: { unit: "%", candidate: 10, previous: 0.5 },
    });
  });

  it("pass when they are few, however many requests there are", () => {
    expect(judged({ requests: 1e6, errors: 6_000 }, { requests: 1e6, errors: 2_000 })["errors"]).toMatchObject({
      result: "pass",
      value: "0.6 % errors",
    });
    expect(judged({ requests: 60, errors: 2 }, { requests: 5_000 })["errors"]?.result).toBe("pass");
  });

  it("have no data below the least number of requests, and say what could still be", () => {
    expect(judged({ requests: 20 }, { requests: 400 })["errors"]).toMatchObject({
      result: "no-data",
      detail: expect.stringMatching(/^with n=20 the rate may be up to \d+(\.\d+)? %$/),
    });
  });

  it("of one client are no fault of the release; those of many are", () => {
    const previous = { requests: 1_000, errors: 2, clients: 200, clientsWithErrors: 2 };
    const made = { requests: 100, errors: 40, clients: 20, clientsWithErrors: 3 };
    const one = judged({ ...made, worstClient: { requests: 38, errors: 38 } }, previous)["errors"];
    expect(one).toMatchObject({
      result: "no-data",
      detail: "one client met 38 of the 40 errors, and without it they prove nothing",
    });
    const many = judged({ ...made, clientsWithErrors: 12, worstClient: { requests: 9, errors: 6 } }, previous)[
      "errors"
    ];
    expect(many).toMatchObject({ result: "fail" });
  });

  it("are enough when three clients met one each where few requests went, and not when one met two of them", () => {
    const previous = { requests: 760, errors: 0, clients: 380, clientsWithErrors: 0 };
    const made = { requests: 40, errors: 3, clients: 20 };
    const each = judged({ ...made, clientsWithErrors: 3, worstClient: { requests: 2, errors: 1 } }, previous);
    expect(each["errors"]?.result).toBe("fail");
    const two = judged({ ...made, clientsWithErrors: 2, worstClient: { requests: 3, errors: 2 } }, previous);
    expect(two["errors"]).toMatchObject({ result: "no-data", detail: expect.stringContaining("one client met 2 of") });
  });

  it("of the only client there is, even all of them, are not told from the client's own", () => {
    const all = { requests: 9, errors: 9 };
    expect(
      judged({ ...all, clients: 1, worstClient: { requests: 9, errors: 9 } }, { requests: 90 })["errors"]?.result,
    ).toBe("no-data");
    expect(
      judged({ ...all, clients: 2, worstClient: { requests: 5, errors: 5 } }, { requests: 90 })["errors"]?.result,
    ).toBe("fail");
  });

  it("are never more than the absolute limit, whatever the previous does", () => {
    const limited = { ...settings, errors: { maxIncrease: 1, max: 5 } };
    const window = { settings: limited };
    expect(judged({ requests: 500, errors: 100 }, { requests: 500, errors: 100 }, window)["errors"]).toMatchObject({
      result: "fail",
      limit: "<= 5 %",
    });
    expect(judged({ requests: 500, errors: 27 }, { requests: 500, errors: 25 }, window)["errors"]?.result).toBe("pass");
  });

  it("without a previous are judged alone: by the limit, or by 10 %", () => {
    expect(judged({ requests: 500, errors: 100 }, null)["errors"]).toMatchObject({ result: "fail", limit: "<= 10 %" });
    expect(judged({ requests: 500, errors: 45 }, null)["errors"]).toMatchObject({ result: "pass", limit: "<= 10 %" });
    expect(judged({ requests: 500, errors: 100 }, {})["errors"]).toMatchObject({ result: "fail" });
    expect(judged({}, null)["errors"]).toMatchObject({ result: "no-data", n: 0 });
  });

  it("of one client are no fault of the release without a previous either, unless a limit is set", () => {
    const made = { requests: 1_000, errors: 200, clients: 100, clientsWithErrors: 1 };
    const one = { ...made, worstClient: { requests: 200, errors: 200 } };
    for (const previous of [null, {}]) {
      expect(judged(one, previous)["errors"]).toMatchObject({
        result: "no-data",
        limit: "<= 10 %",
        detail: "one client met 200 of the 200 errors, and without it they prove nothing",
      });
    }
    const many = { ...made, clientsWithErrors: 40, worstClient: { requests: 20, errors: 20 } };
    expect(judged(many, null)["errors"]?.result).toBe("fail");
    const limited = { settings: { ...settings, errors: { maxIncrease: 1, max: 5 } } };
    expect(judged(one, null, limited)["errors"]).toMatchObject({ result: "fail", limit: "<= 5 %" });
  });

  it("of the last moments may all be of one client, until it is known whose they were", () => {
    const previous = { requests: 200, clients: 50 };
    const page = { requests: 5, errors: 5 };
    expect(judged({ ...page, unattributed: page }, previous)["errors"]).toMatchObject({
      result: "no-data",
      detail: expect.stringContaining("one client may have met 5 of the 5 errors"),
    });
    // Of nobody in particular: a door that cannot tell clients apart.
    expect(judged(page, previous)["errors"]?.result).toBe("fail");
    expect(judged({ requests: 10, errors: 10, unattributed: page }, previous)["errors"]?.result).toBe("fail");
    const made = { requests: 100, errors: 12, clients: 20, clientsWithErrors: 2 };
    const worstClient = { requests: 6, errors: 6 };
    expect(judged({ ...made, worstClient }, previous)["errors"]?.result).toBe("fail");
    const late = { ...made, worstClient, unattributed: { requests: 5, errors: 5 } };
    expect(judged(late, previous)["errors"]?.result).toBe("no-data");
    expect(judged({ ...late, errors: 30, requests: 120 }, previous)["errors"]?.result).toBe("fail");
    expect(judged({ ...page, clients: 2, unattributed: { requests: 3, errors: 3 } }, previous)["errors"]?.result).toBe(
      "fail",
    );
  });

  it("need the same proof however often they are looked at", () => {
    const [candidate, previous] = [
      { requests: 60, errors: 9 },
      { requests: 600, errors: 9 },
    ];
    for (const looks of [1, 60, 3_600]) expect(judged(candidate, previous, { looks })["errors"]?.result).toBe("fail");
  });

  it("of a broken previous keep no fix away, also one that still errs", () => {
    const broken = { requests: 800, errors: 480 };
    expect(judged({ requests: 200, errors: 0 }, broken)["errors"]?.result).toBe("pass");
    expect(judged({ requests: 200, errors: 60 }, broken)["errors"]?.result).toBe("pass");
    // With all users at the fix, next to the previous as it was last seen.
    expect(judged({ requests: 5_000, errors: 1_500 }, broken, { look: 60, looks: 60 })["errors"]?.result).toBe("pass");
  });
});

describe("services that are judged at once", () => {
  it("split the risk: what fails one alone must stand out more among ten", () => {
    const errors = (services: number) =>
      judged({ requests: 100, errors: 6 }, { requests: 900, errors: 2 }, { services })["errors"];
    expect([errors(1)?.result, errors(10)?.result]).toEqual(["fail", "pass"]);
    const before = spread(100, 100, 280);
    const candidate = { latenciesMs: [...before, ...spread(20, 460, 470)] };
    const previous = { latenciesMs: [...before, ...spread(6, 300, 500)] };
    const latency = (services: number) => judged(candidate, previous, { services })["latency"];
    expect([latency(1)?.result, latency(10)?.result]).toEqual(["fail", "pass"]);
  });
});

describe("latency", () => {
  it("fails when the candidate is much slower", () => {
    const verdict = judged({ latenciesMs: spread(300, 200, 800) }, { latenciesMs: spread(300, 100, 300) })["latency"];
    expect(verdict).toMatchObject({
      result: "fail",
      value: "p95 768 ms",
      limit: "p95 <= 434 ms (previous p95 289 ms, n=300)",
      n: 300,
    });
  });

  it("fails when some requests are much slower and the rest is not", () => {
    const candidate = { latenciesMs: [...spread(360, 50, 100), ...spread(40, 900, 1_000)] };
    expect(judged(candidate, { latenciesMs: spread(400, 50, 100) })["latency"]?.result).toBe("fail");
  });

  it("passes below the floor, within the ratio, and with slower but few requests", () => {
    expect(judged({ latenciesMs: spread(300, 50, 150) }, { latenciesMs: spread(300, 5, 15) })["latency"]?.result).toBe(
      "pass",
    );
    expect(
      judged({ latenciesMs: spread(300, 300, 420) }, { latenciesMs: spread(300, 200, 300) })["latency"]?.result,
    ).toBe("pass");
    const few = { latenciesMs: [...spread(297, 50, 100), 2_000, 2_000, 2_000] };
    expect(judged(few, { latenciesMs: spread(300, 50, 100) })["latency"]?.result).toBe("pass");
  });

  it("of few clients is not told from what clients differ by, however many requests they make", () => {
    const of = (clients: number, latenciesMs: readonly number[]) => ({
      latenciesMs,
      latencyClients: latenciesMs.map((_, index) => index % clients),
    });
    const [slow, usual] = [spread(300, 200, 800), spread(300, 100, 300)];
    expect(judged(of(4, slow), of(4, usual))["latency"]).toMatchObject({
      result: "no-data",
      detail: "slower, but by no more than clients differ: 4 of the candidate, 4 of the previous",
    });
    expect(judged(of(20, slow), of(20, usual))["latency"]?.result).toBe("fail");
    const unknown = { latenciesMs: slow, latencyClients: slow.map(() => -1) };
    expect(judged(unknown, of(20, usual))["latency"]?.result).toBe("fail");
  });

  it("of clients with many requests is not found in one of them that is slow", () => {
    // Of each of 20 clients 100 requests, of each of 400 before 5: a part of few is nearly always 0.
    const previous = Array.from({ length: 2_000 }, (_, index) => (index % 50 === 0 ? 900 : 50 + (index % 40)));
    const candidate = Array.from({ length: 2_000 }, (_, index) =>
      index % 20 === 0 || index % 50 === 1 ? 900 : 50 + (index % 40),
    );
    const clientsOf = (count: number) => candidate.map((_, index) => index % count);
    const verdict = judged(
      { latenciesMs: candidate, latencyClients: clientsOf(20) },
      { latenciesMs: previous, latencyClients: clientsOf(400) },
    )["latency"];
    expect(verdict).toMatchObject({ result: "no-data", detail: expect.stringContaining("20 of the candidate") });
  });

  it("has no data below 100 requests of each", () => {
    const verdict = judged({ latenciesMs: spread(99, 1, 2) }, { latenciesMs: spread(500, 1, 2) })["latency"];
    expect(verdict).toMatchObject({
      result: "no-data",
      detail: "100 requests of each are needed, the previous had 500",
    });
    expect(judged({ latenciesMs: spread(500, 1, 2) }, null)["latency"]?.result).toBe("no-data");
    expect(judged({}, {})["latency"]?.value).toBe("no requests");
  });
});

describe("4xx answers", () => {
  it("are shown when they stand out, and roll nothing back", () => {
    const verdicts = judged({ requests: 200, http4xx: 80 }, { requests: 2_000, http4xx: 40 });
    expect(verdicts["4xx answers"]).toMatchObject({ result: "no-data", value: "40 %" });
    expect(judged({ requests: 200, http4xx: 8 }, { requests: 2_000, http4xx: 40 })).not.toHaveProperty("4xx answers");
  });
});

it("any window gets verdicts that can be read, and never a failure of a candidate without errors and slowness", () => {
  const counts = fc.integer({ min: 0, max: 5_000 });
  const side = fc
    .record({ requests: counts, errors: counts, http4xx: counts, clients: counts, clientsWithErrors: counts })
    .map((made) => ({
      ...made,
      errors: made.errors % (made.requests + 3),
      http4xx: made.http4xx % (made.requests + 1),
      clientsWithErrors: made.clientsWithErrors % (made.clients + 1),
    }));
  const latencies = fc.array(fc.integer({ min: 1, max: 150 }), { maxLength: 300 });
  fc.assert(
    fc.property(side, latencies, fc.option(side), fc.integer({ min: 1, max: 500 }), (made, slow, previous, looks) => {
      const verdicts = Object.values(judged({ ...made, latenciesMs: slow }, previous, { looks }));
      for (const { value, limit, p = 0.5, n } of verdicts) {
        expect(`${value} ${limit}`).not.toMatch(/NaN|undefined|Infinity/);
        expect(p >= 0 && p <= 1 && n >= 0).toBe(true);
      }
      const failed = verdicts.filter(({ result }) => result === "fail").map(({ check }) => check);
      expect(failed).toEqual(made.errors < 3 ? [] : failed.filter((check) => check === "errors"));
    }),
  );
});
