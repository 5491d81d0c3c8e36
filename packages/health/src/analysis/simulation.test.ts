import { describe, expect, it } from "vitest";
import { failures, type Scenario } from "../../test/simulate.ts";

const aScenario = (changes: Partial<Scenario>): Scenario => ({
  requestsPerLook: 200,
  share: 0.25,
  looks: 10,
  errorRate: 0.003,
  ...changes,
});

describe("a release that is no worse is thrown away in at most 1 % of the runs", () => {
  it.each([
    [{ requestsPerLook: 20, share: 0.05 }],
    [{ requestsPerLook: 20, share: 0.5, errorRate: 0.02 }],
    [{ share: 0.05 }],
    [{ share: 0.25, errorRate: 0.02 }],
    [{ requestsPerLook: 500, share: 0.05, errorRate: 0.02 }],
    [{ requestsPerLook: 20, share: 0.5, looks: 30, errorRate: 0.02 }],
    [{ share: 0.5, clients: { count: 10, spread: 0.5 } }],
    [{ share: 0.5, clients: { count: 40, spread: 0.5 } }],
    [{ requestsPerLook: 500, share: 0.05, clients: { count: 400, spread: 0.5 } }],
  ])("%o", (changes) => {
    expect(failures(aScenario(changes), 200, 20_261_124)["any"]).toBeLessThanOrEqual(0.01);
  });
});

describe("a release that is worse is found", () => {
  it.each([
    [{ candidateErrorRate: 0.2, requestsPerLook: 20 }, "errors", 0.8],
    [{ candidateErrorRate: 0.05 }, "errors", 0.95],
    [{ candidateErrorRate: 0.2, share: 0.05 }, "errors", 0.99],
    [{ slower: { factor: 2, part: 1 } }, "latency", 0.95],
    [{ slower: { factor: 8, part: 0.12 } }, "latency", 0.95],
    [{ slower: { factor: 2, part: 1 }, clients: { count: 80, spread: 0.4 } }, "latency", 0.95],
    [{ slower: { factor: 8, part: 0.12 }, clients: { count: 80, spread: 0.4 } }, "latency", 0.9],
  ] as const)("%o", (changes, check, least) => {
    expect(failures(aScenario(changes), 60, 7)[check]).toBeGreaterThanOrEqual(least);
  });
});
