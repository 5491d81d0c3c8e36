import { isSluiceError, type RehearsalOutcome, SluiceError } from "@sluice/core";
import { aConfig, nothingSeen } from "@sluice/testing";
import { describe, expect, it } from "vitest";
import { killEverywhere, serves } from "../../test/support/enumerate.ts";
import { aScenario, type RunParts, type Scenario } from "../../test/support/scenario.ts";

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

  it("what was written between a dead run and the migration of the next one is backed up and rehearsed with", async () => {
    const scenario = await v3KilledAt(beforeJob);
    await scenario.recover("finish");
    expect(careIn(scenario)).toEqual([
      "backups.take db",
      "rehearser.rehearse db",
      expect.stringMatching(/^migrations/),
    ]);
    expect(serves(scenario, "v3")).toEqual([]);
  });

  it("what may have been migrated is finished as it is: a backup of now would hold what came of it", async () => {
    const scenario = await v3KilledAt(/^migrations\.run/);
    await scenario.recover("finish");
    expect(careIn(scenario)).toEqual([expect.stringMatching(/^migrations/)]);
    expect(serves(scenario, "v3")).toEqual([]);
  });

  it.each(["killed", "unwritten"] as const)(
    "what users have written since v3 was undone is cared for, too: the undo was %s",
    async (end) => {
      const scenario = await undoneV3(end);
      await scenario.recover("finish");
      const cared = ["backups.take db", "rehearser.rehearse db", expect.stringMatching(/^migrations/)];
      expect(careIn(scenario)).toEqual(cared);
      expect(serves(scenario, "v3")).toEqual([]);
    },
  );

  it("what was undone is finished as it is once it has begun again", async () => {
    const scenario = await undoneV3("killed");
    await killedBefore(scenario, /^migrations\.run/, () => scenario.recover("finish"));
    await scenario.recover("finish");
    expect(careIn(scenario)).toEqual([expect.stringMatching(/^migrations/)]);
    expect(serves(scenario, "v3")).toEqual([]);
  });

  it("the newest rehearsal of a deployment says whether users may be led back", async () => {
    const halves = aConfig({ database: { service: "db", rehearsal: "warn" }, rollout: { steps: [50, 100] } });
    const parts = { config: halves };
    for (const [first, then, led] of [
      ["fail", "pass", "back"],
      ["pass", "fail", "RECOVERY_REFUSED"],
    ] as const) {
      const scenario = await v3KilledAt(beforeJob, parts, first);
      scenario.world.state.rehearsal = saying(then);
      await killedBefore(scenario, /step-intent shift-2$/, () => scenario.recover("finish", parts));
      const end = scenario.recover(undefined, parts).then(
        () => "back",
        (error: unknown) => (isSluiceError(error) ? error.code : String(error)),
      );
      expect([first, then, await end]).toEqual([first, then, led]);
    }
  });
});

const beforeJob = /^base\.ensureNetworks/;

const saying = (result: "pass" | "fail"): RehearsalOutcome => ({
  verdict: "warn",
  previous: { result, why: "seen" },
  findings: [],
  backup: "backup-1",
  seen: nothingSeen,
});

async function v3KilledAt(call: RegExp, parts: RunParts = {}, previous?: "pass" | "fail"): Promise<Scenario> {
  const scenario = aScenario({ config });
  for (const tag of ["v1", "v2"]) await scenario.deploy(tag, parts);
  if (previous) scenario.world.state.rehearsal = saying(previous);
  scenario.world.restart();
  await killedBefore(scenario, call, () => scenario.deploy("v3", parts));
  return scenario;
}

/** v3 is taken back after its migration by a run that could not write so, or could not write its end. */
async function undoneV3(end: "killed" | "unwritten"): Promise<Scenario> {
  const scenario = aScenario({ config });
  const { world } = scenario;
  for (const tag of ["v1", "v2"]) await scenario.deploy(tag);
  world.restart();
  world.behaviours.set("v3", { unhealthy: ["web"] });
  let isFull = false;
  world.calls.fault = ({ name }) => {
    isFull ||= name.startsWith("slots.waitReady");
    return isFull && name.startsWith("journal.append") ? new SluiceError("DISK_FULL", "no space left") : undefined;
  };
  if (end === "unwritten") await scenario.deploy("v3");
  else await killedBefore(scenario, /deployment-end$/, () => scenario.deploy("v3"));
  world.restart();
  world.behaviours.delete("v3");
  expect(serves(scenario, "v2")).toEqual([]);
  return scenario;
}

async function killedBefore({ world }: Scenario, call: RegExp, run: () => Promise<unknown>): Promise<void> {
  let isKilled = false;
  world.calls.fault = ({ name }) => {
    isKilled ||= call.test(name);
    return isKilled ? "crash" : undefined;
  };
  await run().catch(() => undefined);
  expect([call, isKilled]).toEqual([call, true]);
  world.restart();
}

/** What was done to the database since the last kill, and before it was migrated. */
function careIn({ world }: Scenario): readonly string[] {
  return world.calls.log.filter((name) => /^(backups\.take|rehearser\.|migrations\.run)/.test(name));
}
