import { describe, expect, it } from "vitest";
import { type OverheadFacts, overheadFigures } from "./overhead-limits.ts";

const good: OverheadFacts = {
  noopMs: 1_200,
  composeNoopMs: 140,
  touched: 0,
  helpMs: 120,
  statusMs: 390,
  deployMs: 4_200,
  buildMs: 300,
  startUpMs: 2_100,
  drainMs: 100,
  twoServicesMs: 2_000,
  twentyServicesMs: 5_600,
};
const failed = (facts: Partial<OverheadFacts>) =>
  Object.entries(overheadFigures({ ...good, ...facts }))
    .filter(([, { pass }]) => pass === false)
    .map(([name]) => name);

describe("the limits of what Sluice itself costs", () => {
  it("are kept by a quick one", () => {
    expect(failed({})).toEqual([]);
  });

  it.each([
    ["noop_ms", { noopMs: 1_261 }],
    ["containers_touched", { touched: 1 }],
    ["help_ms", { helpMs: 151 }],
    ["status_ms", { statusMs: 401 }],
  ])("name %s", (name, facts) => {
    expect(failed(facts)).toEqual([name]);
  });

  it("show what remains of a deployment, and what a further service costs", () => {
    const figures = overheadFigures(good);
    expect(figures.deploy_own_ms?.value).toBe(1_700);
    expect(figures.each_further_service_ms?.value).toBe(200);
  });
});
