import { watchRules } from "@sluice/engine";
import { expect, it } from "vitest";
import { Crowd, type CrowdScenario, SpanCount, usualSpread } from "./crowd.ts";
import { randomFrom } from "./random.ts";

const scenario: CrowdScenario = { perSecond: 100, clients: 400, errors: 0.02, http4xx: 0.03, spread: usualSpread };
const aCrowd = (changes: Partial<CrowdScenario> = {}) => new Crowd({ ...scenario, ...changes }, randomFrom(5));

it("clients only ever move to the candidate, about as many as the share says, and all of them in the end", () => {
  const crowd = aCrowd({ clients: 10_000 });
  const sizes = [0.05, 0.5, 1, 1].map((share) => {
    crowd.lead(share);
    const { candidate, previous } = crowd.beginSpan();
    expect([candidate.first, candidate.size + previous.size]).toEqual([0, 10_000]);
    return candidate.size;
  });
  expect(Math.abs((sizes[0] ?? 0) - 500)).toBeLessThan(100);
  expect(Math.abs((sizes[1] ?? 0) - 5_000)).toBeLessThan(250);
  expect(sizes.slice(2)).toEqual([10_000, 10_000]);
});

it("both slots get as many requests as they have clients, with errors and 4xx answers in their parts", () => {
  const crowd = aCrowd();
  crowd.lead(0.5);
  const { candidate, previous } = crowd.beginSpan();
  for (const count of [candidate, previous]) crowd.ask(count, 1_000, { isWarm: false });
  const [mine, theirs] = [candidate.window(), previous.window()];
  expect(Math.abs(mine.requests / candidate.size - 250)).toBeLessThan(5);
  expect(Math.abs(theirs.requests / previous.size - 250)).toBeLessThan(5);
  expect(mine.errors / mine.requests).toBeCloseTo(0.02, 2);
  expect(mine.http4xx / mine.requests).toBeCloseTo(0.03, 2);
  expect(mine).toMatchObject({ clients: candidate.size, latenciesMs: [] });
});

it("latencies are those after the warm-up, the newest, each with its client, and longer where the version is slower", () => {
  const crowd = aCrowd();
  crowd.lead(0.5);
  const { candidate, previous } = crowd.beginSpan();
  crowd.ask(candidate, 100, { isWarm: true, factor: 2 });
  crowd.ask(previous, 10, { isWarm: true });
  const [mine, theirs] = [candidate.window(), previous.window()];
  expect(mine.latenciesMs).toHaveLength(watchRules.keptLatencies);
  expect(mine.latencyClients).toHaveLength(watchRules.keptLatencies);
  expect(theirs.latenciesMs).toHaveLength(theirs.requests);
  const medianOf = (values: readonly number[]) => values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
  expect(medianOf(mine.latenciesMs) / medianOf(theirs.latenciesMs)).toBeGreaterThan(1.7);
  expect(medianOf(theirs.latenciesMs)).toBeGreaterThan(65);
  expect(medianOf(theirs.latenciesMs)).toBeLessThan(95);
});

it("the client that met most errors is known", () => {
  const count = new SpanCount(10, 14);
  count.add(5, 4, 0);
  for (const [client, isError] of [
    [11, true],
    [13, true],
    [13, false],
    [13, true],
    [12, false],
  ] as const)
    count.note(client, isError);
  expect(count.window()).toMatchObject({
    requests: 5,
    clients: 3,
    clientsWithErrors: 2,
    worstClient: { requests: 3, errors: 2 },
  });
});
