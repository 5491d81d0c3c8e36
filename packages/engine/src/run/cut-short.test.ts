import { SluiceError } from "@sluice/core";
import { aConfig } from "@sluice/testing";
import { expect, it } from "vitest";
import { aScenario, type Scenario } from "../../test/support/scenario.ts";
import { lastAttempt } from "../record/read-attempts.ts";

const withBackup = aConfig({ database: { service: "db" } });

async function live(config = withBackup): Promise<Scenario> {
  const scenario = aScenario({ config });
  await scenario.deploy("v1");
  return scenario;
}

const told = ({ world }: Scenario) =>
  world.events.flatMap((event) =>
    event.type === "finding" && event.finding.code === "job-cut-short" ? [event.finding] : [],
  );

async function killedBefore(effect: string, config?: ReturnType<typeof aConfig>): Promise<Scenario> {
  const scenario = await live(config);
  const { calls } = scenario.world;
  let seen = false;
  calls.fault = ({ name }) => {
    seen ||= name === effect;
    return seen ? "crash" : undefined;
  };
  await scenario.deploy("v2").catch(() => undefined);
  expect(seen).toBe(true);
  scenario.world.restart();
  return scenario;
}

it("a migration whose deployer was killed is told by the run that undoes it, with the backup of before", async () => {
  const scenario = await killedBefore("slots.runJob migrate: end");
  expect(await scenario.recover()).toMatchObject({ outcome: "interrupted", serving: { tag: "v1" } });
  expect(told(scenario)).toMatchObject([
    {
      severity: "warn",
      service: "migrate",
      message:
        "job migrate of v2 was stopped before it had ended: what it had changed of db by then may be there still",
      hint: expect.stringMatching(/; or go back: sluice db restore \S+ puts back/),
    },
  ]);
});

it("where no backup was taken, that is said", async () => {
  const config = aConfig({ database: { service: "db", beforeDeploy: "none" } });
  const scenario = await killedBefore("slots.runJob migrate: end", config);
  await scenario.recover();
  expect(told(scenario)).toMatchObject([{ hint: expect.stringContaining("took no backup") }]);
});

it("what had ended, had not begun, or has said itself what it left is not told", async () => {
  const ended = await killedBefore("journal.append step-intent verify-1");
  await ended.recover();
  expect(told(ended)).toEqual([]);
  const before = await killedBefore("journal.append step-intent job-1");
  await before.recover();
  expect(told(before)).toEqual([]);
  const failed = await live();
  failed.world.calls.fault = ({ name }) =>
    name.startsWith("migrations.run") ? new SluiceError("JOB_FAILED", "it left half of it") : undefined;
  expect(await failed.deploy("v2")).toMatchObject({ outcome: "failed" });
  expect(told(failed)).toEqual([]);
});

it("one that is interrupted is told at once", async () => {
  const scenario = await live();
  const interrupt = new AbortController();
  scenario.world.calls.fault = ({ name }) => {
    if (name === "slots.runJob migrate: end") interrupt.abort(new Error("SIGTERM"));
    return undefined;
  };
  expect(await scenario.deploy("v2", { signal: interrupt.signal })).toMatchObject({ outcome: "interrupted" });
  expect(told(scenario)).toHaveLength(1);
});

it("one that is run once more, as its data was put back, and killed in the middle is told", async () => {
  const scenario = await killedBefore("journal.append step-intent start-1");
  const { calls } = scenario.world;
  const { journal } = scenario.world.ports();
  const attempt = await lastAttempt(journal);
  const backup = attempt?.outcomes.flatMap(({ data }) => data?.["backup"] ?? []).at(0);
  await journal.append({ type: "database-restore", result: "done", service: "db", backup });
  calls.fault = ({ name }) => (name === "slots.runJob migrate: end" ? "crash" : undefined);
  await scenario.recover("finish").catch(() => undefined);
  expect(calls.log.at(-1)).toBe("slots.runJob migrate: end");
  scenario.world.restart();
  await scenario.recover("undo");
  expect(told(scenario)).toMatchObject([{ service: "migrate", message: expect.stringContaining("was stopped") }]);
});
