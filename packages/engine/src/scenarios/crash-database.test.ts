import { isSluiceError } from "@sluice/core";
import { aConfig } from "@sluice/testing";
import { describe, expect, it } from "vitest";
import { killEverywhere, serves } from "../../test/support/enumerate.ts";
import { aScenario, type Scenario } from "../../test/support/scenario.ts";

const config = aConfig({ database: { service: "db", rehearsal: "block" } });

/** Kills the deployment of v3, and lists what is wrong after the next run, and with what both did to the database. */
async function killV3(
  next: (scenario: Scenario) => Promise<unknown>,
  holds: (scenario: Scenario) => readonly string[],
) {
  let done: string[] = [];
  return killEverywhere({
    async given() {
      const scenario = aScenario({ config });
      for (const tag of ["v1", "v2"]) await scenario.deploy(tag);
      return scenario;
    },
    async when(scenario) {
      done = [];
      // What it is killed before has not happened.
      await scenario.deploy("v3").finally(() => done.push(...scenario.world.calls.log.slice(0, -1)));
    },
    async next(scenario) {
      await next(scenario).finally(() => done.push(...scenario.world.calls.log));
    },
    holds: (scenario) => [...holds(scenario), ...unprepared(done)],
  });
}

/** Complains unless a backup and a rehearsal, in this order, come before the first migration. */
function unprepared(done: readonly string[]): readonly string[] {
  const [backup, rehearsal, migration] = ["backups.take db", "rehearser.rehearse db", "migrations.run on db"].map(
    (name) => done.indexOf(name),
  ) as [number, number, number];
  if (migration < 0 || (backup >= 0 && backup < rehearsal && rehearsal < migration)) return [];
  return [`backup, rehearsal and migration were ${[backup, rehearsal, migration].join(", ")}`];
}

async function finishOrUndo(scenario: Scenario): Promise<void> {
  await scenario.recover("finish").catch((error: unknown) => {
    // Of a release that is not stored yet, nothing can be finished.
    if (!isSluiceError(error) || error.code !== "RECOVERY_REFUSED") throw error;
    return scenario.recover("undo");
  });
}

describe("a deployer killed before any effect of a deployment that backs up, rehearses and migrates a database", () => {
  it("the next run leaves one version, and nothing was migrated unprepared", async () => {
    const { kills, broken } = await killV3(
      (scenario) => scenario.deploy("v3"),
      (scenario) => serves(scenario, "v3"),
    );
    expect(broken.slice(0, 5)).toEqual([]);
    expect(kills).toBeGreaterThan(50);
  });

  it("nor is what a resumed run finishes", async () => {
    const { broken } = await killV3(finishOrUndo, () => []);
    expect(broken.slice(0, 5)).toEqual([]);
  });
});
