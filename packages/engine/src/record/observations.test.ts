import { aConfig } from "@sluice/testing";
import { describe, expect, it } from "vitest";
import { aScenario } from "../../test/support/scenario.ts";
import type { AttemptRecord } from "./journal-entries.ts";
import { readAttempts } from "./read-attempts.ts";

const seenIn = ({ outcomes, end }: AttemptRecord) =>
  [...outcomes, ...(end ? [end] : [])].flatMap(({ observations = [] }) => observations);

async function lastAttempt(scenario: ReturnType<typeof aScenario>): Promise<AttemptRecord> {
  const attempt = (await readAttempts(scenario.world.ports().journal)).at(-1);
  if (!attempt) throw new Error("there is no attempt");
  return attempt;
}

describe("what a deployment saw", () => {
  it("is in the record: shares and verdicts, once each, in order and with their times", async () => {
    const scenario = aScenario({ config: aConfig({ rollout: { steps: [10, 100], bake: "0s" } }) });
    await scenario.deploy("v1");
    await scenario.deploy("v2");
    const seen = seenIn(await lastAttempt(scenario));
    expect(seen.flatMap((each) => (each.type === "share-change" ? [`${each.slot} ${each.share}`] : []))).toEqual([
      "green 10",
      "green 100",
    ]);
    expect(seen.filter(({ type }) => type === "verdict")).not.toEqual([]);
    expect(seen.every(({ at }) => !Number.isNaN(Date.parse(at)))).toBe(true);
  });

  it("holds the error of what failed, and the way back", async () => {
    const scenario = aScenario({ config: aConfig({ rollout: { steps: [10, 100], bake: "0s" } }) });
    await scenario.deploy("v1");
    scenario.world.calls.fault = ({ name }) =>
      name.startsWith("slots.start worker") || name.startsWith("slots.stop worker")
        ? new Error("no worker")
        : undefined;
    await scenario.deploy("v2");
    const seen = seenIn(await lastAttempt(scenario));
    expect(seen).toContainEqual(expect.objectContaining({ type: "error", message: "no worker" }));
    expect(seen.findLast((each) => each.type === "share-change")).toMatchObject({ share: 0 });
  });
});
