import type { JournalRecord } from "@sluice/core";
import { expect, it } from "vitest";
import { aScenario } from "../../test/support/scenario.ts";
import { isOfDeployment } from "./journal-shape.ts";

const aRecord = (type: string, more: Readonly<Record<string, unknown>> = {}): JournalRecord => ({
  v: 1,
  seq: 7,
  at: "2026-01-01T00:00:00.000Z",
  type,
  previous: "",
  hash: "",
  ...more,
});

it("every record that a deployment and the way back write is one", async () => {
  const scenario = aScenario();
  await scenario.deploy("v1");
  await scenario.deploy("v2");
  await scenario.rollback();
  const { records } = scenario.world.state;
  expect(records.filter((record) => !isOfDeployment(record))).toEqual([]);
});

it("knows nothing of what others write", () => {
  expect(isOfDeployment(aRecord("state-imported"))).toBe(false);
});

it.each<[string, Readonly<Record<string, unknown>>]>([
  ["deployment-start", { deployment: "d1", tag: "v1" }],
  ["deployment-start", { deployment: "d1", tag: "v1", plan: { candidate: "red", previous: null, steps: [] } }],
  [
    "deployment-start",
    { deployment: "d1", tag: "v1", plan: { candidate: "blue", previous: null, steps: [{ kind: "jump" }] } },
  ],
  ["step-intent", { deployment: "d1" }],
  ["step-outcome", { deployment: "d1", step: "build-1", result: "maybe" }],
  ["deployment-end", { deployment: "d1", outcome: "live", serving: "v1" }],
])("%s with %j is refused by its number", (type, content) => {
  expect(() => isOfDeployment(aRecord(type, content))).toThrow(
    expect.objectContaining({ code: "JOURNAL_INVALID", message: `record 7 of the journal is no ${type}` }),
  );
});
