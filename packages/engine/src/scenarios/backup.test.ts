import { SluiceError } from "@sluice/core";
import { aConfig } from "@sluice/testing";
import { describe, expect, it } from "vitest";
import { aScenario, reached } from "../../test/support/scenario.ts";

const config = aConfig({ database: { service: "db" } });

async function afterV1() {
  const scenario = aScenario({ config });
  await scenario.deploy("v1");
  scenario.world.restart();
  const effects: string[] = [];
  return { scenario, effects };
}

describe("a configured database", () => {
  it("is backed up before anything of the candidate starts, as data of the release that serves", async () => {
    const { scenario, effects } = await afterV1();
    const { world } = scenario;
    world.calls.fault = ({ name }) => void effects.push(name);
    expect((await scenario.deploy("v2")).outcome).toBe("live");
    const at = (name: string) => effects.findIndex((effect) => effect.startsWith(name));
    expect(at("backups.take db")).toBeGreaterThan(-1);
    for (const later of ["slots.create", "slots.runJob", "slots.start"]) {
      expect(at(later)).toBeGreaterThan(at("backups.take db"));
    }
    const step = world.events.find((event) => event.type === "step-start" && event.kind === "backup");
    expect(step).toMatchObject({ target: "database db", cause: expect.stringContaining("migrate of v2 may change") });
  });

  it("without a backup there is no deployment, and users notice nothing", async () => {
    const { scenario, effects } = await afterV1();
    const { world } = scenario;
    world.calls.fault = ({ name }) => {
      effects.push(name);
      return name.startsWith("backups.take") ? new SluiceError("BACKUP_FAILED", "pg_dump failed") : undefined;
    };
    const result = await scenario.deploy("v2");
    expect(result).toMatchObject({ outcome: "failed", exitCode: 20 });
    expect(reached(scenario)).toEqual({ web: ["v1"] });
    expect(world.violations).toEqual([]);
    expect(effects.filter((name) => /^slots\.(create|runJob|start)/.test(name))).toEqual([]);
    // It is no fault of the release: it may be tried again as it is.
    world.restart();
    expect((await scenario.deploy("v2")).outcome).toBe("live");
  });

  it("is asked beforehand for what would keep it from being backed up: then nothing is begun", async () => {
    const { scenario, effects } = await afterV1();
    scenario.world.calls.fault = ({ name }) => {
      effects.push(name);
      return name === "backups.assertReady" ? new SluiceError("BACKUP_KEY_WRONG", "no identity file") : undefined;
    };
    await expect(scenario.deploy("v2")).rejects.toMatchObject({ code: "BACKUP_KEY_WRONG", exitCode: 10 });
    expect(effects.filter((name) => /^(?:images\.build|journal\.append step|backups\.take)/.test(name))).toEqual([]);
  });

  it("is left alone by a way back, and on a first deployment when there is none yet", async () => {
    const { scenario, effects } = await afterV1();
    await scenario.deploy("v2");
    scenario.world.calls.fault = ({ name }) => void effects.push(name);
    await scenario.rollback();
    expect(effects.filter((name) => name.startsWith("backups"))).toEqual([]);
    const first = aScenario({ config });
    first.world.calls.fault = ({ name }) => void effects.push(name);
    await first.deploy("v1");
    expect(effects.filter((name) => name.startsWith("backups"))).toEqual([]);
  });
});
