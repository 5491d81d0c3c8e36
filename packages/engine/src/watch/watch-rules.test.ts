import { type AnalysisConfig, defaultConfig, type SlotWindow, type Verdict } from "@sluice/core";
import { describe, expect, it } from "vitest";
import type { Judged } from "./judge-services.ts";
import { endingVerdict, goesOn, nextLook, referenceOf, type Span, slownessOf, spanRules } from "./watch-rules.ts";

const analysis = (changes: Partial<AnalysisConfig> = {}): AnalysisConfig => ({
  ...defaultConfig().analysis,
  ...changes,
});
const step: Span = { holdMs: 30_000, at: 50 };

describe("a span", () => {
  it("is looked at once in each interval, and its beginning says nothing of latency", () => {
    expect(spanRules(analysis(), step)).toMatchObject({ planned: 30, looks: 30, interval: 1_000, warmupMs: 10_000 });
    expect(spanRules(analysis(), { ...step, holdMs: 500 })).toMatchObject({ looks: 1, interval: 500, warmupMs: 250 });
  });

  it("may be as long again where too little to judge extends it, unless nobody is there or somebody decides", () => {
    const extending = analysis({ onNoData: "extend" });
    expect(spanRules(extending, step)).toMatchObject({ planned: 30, looks: 60, onNoData: "extend" });
    for (const span of [
      { ...step, at: 0 },
      { ...step, isMeanwhile: true },
    ])
      expect(spanRules(extending, span)).toMatchObject({ looks: 30, onNoData: "proceed" });
  });

  it("goes on until it is over, and where it may for as long again while nothing is decided", () => {
    const [plain, longer] = [spanRules(analysis(), step), spanRules(analysis({ onNoData: "extend" }), step)];
    expect([29_999, 30_000].map((at) => goesOn(plain, at, true))).toEqual([true, false]);
    expect([30_000, 59_999, 60_000].map((at) => goesOn(longer, at, true))).toEqual([true, true, false]);
    expect(goesOn(longer, 30_000, false)).toBe(false);
  });
});

describe("the next look", () => {
  const rules = spanRules(analysis(), step);

  it("is due at a fixed time, whenever the one before was", () => {
    expect(nextLook(rules, 3, { elapsedMs: 3_400, isLonger: false })).toEqual({ number: 4, dueMs: 4_000 });
  });

  it("makes up for none that was missed, and is within the span", () => {
    expect(nextLook(rules, 3, { elapsedMs: 9_400, isLonger: false })).toEqual({ number: 10, dueMs: 10_000 });
    expect(nextLook(rules, 3, { elapsedMs: 95_000, isLonger: false })).toEqual({ number: 30, dueMs: 30_000 });
    expect(nextLook(rules, 30, { elapsedMs: 30_100, isLonger: true })).toEqual({ number: 31, dueMs: 31_000 });
  });
});

describe("what the candidate is judged against", () => {
  const window = (requests: number): SlotWindow => ({
    requests,
    errors: 1,
    http4xx: 0,
    latenciesMs: [80],
    clients: 1,
    clientsWithErrors: 1,
  });

  it("is the previous in the same span, which is remembered while it has users", () => {
    expect(referenceOf(5, window(9), null)).toEqual({ reference: window(9), recorded: window(9) });
    expect(referenceOf(5, window(0), window(9))).toEqual({ reference: window(0), recorded: window(9) });
  });

  it("is what was remembered where all users are the candidate's, without how long it took", () => {
    const { reference, recorded } = referenceOf(100, window(0), window(9));
    expect(reference).toMatchObject({ requests: 9, errors: 1, latenciesMs: [] });
    expect(recorded).toEqual(window(9));
    expect(referenceOf(100, window(0), null).reference).toBeNull();
  });
});

describe("a span ends", () => {
  const judgedOf = (service: string, about: Judged["about"], result: Verdict["result"]): Judged => ({
    service,
    about,
    verdict: { check: `${about} of ${service}`, result, value: "", limit: "", n: 9 },
  });
  const endsWith = (judged: readonly Judged[], slowBefore: readonly string[]) =>
    endingVerdict(
      judged.map(({ verdict }) => verdict),
      slownessOf(judged, slowBefore).forgiven,
    );

  it("with errors at once, and with slowness of one service the second time", () => {
    const [errors, slow] = [judgedOf("web", "errors", "fail"), judgedOf("web", "latency", "fail")];
    expect(endsWith([slow, errors], [])).toBe(errors.verdict);
    expect(endsWith([slow], [])).toBeUndefined();
    expect(endsWith([slow], ["api"])).toBeUndefined();
    expect(endsWith([slow], slownessOf([slow, judgedOf("api", "latency", "pass")], []).slow)).toBe(slow.verdict);
  });

  it("with nothing where there is too little to judge", () => {
    expect(endsWith([judgedOf("web", "errors", "no-data"), judgedOf("web", "latency", "no-data")], ["web"])).toBe(
      undefined,
    );
  });
});
