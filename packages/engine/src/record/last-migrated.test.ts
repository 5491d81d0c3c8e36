import { aConfig } from "@sluice/testing";
import { describe, expect, it } from "vitest";
import { aScenario } from "../../test/support/scenario.ts";
import { lastMigrated } from "./last-migrated.ts";
import { lastLiveRelease } from "./read-attempts.ts";

async function deployedV1() {
  const scenario = aScenario({ config: aConfig({ database: { service: "db" } }) });
  await scenario.deploy("v1");
  const { journal } = scenario.world.ports();
  const append = (type: string, result: string, release?: string) =>
    journal.append({ type: `database-${type}`, result, ...(release ? { release } : {}) });
  return { scenario, journal, append, v1: await lastLiveRelease(journal) };
}

describe("the release whose migration was begun last", () => {
  it("is that of a deployment, also where it failed and another serves on", async () => {
    const { scenario, journal, v1 } = await deployedV1();
    expect(await lastMigrated(journal)).toBe(v1);
    expect(v1).not.toBeNull();
    scenario.world.calls.fault = ({ name }) =>
      name.startsWith("slots.start") ? new Error("it does not start") : undefined;
    expect((await scenario.deploy("v2")).outcome).toBe("failed");
    const bundles = await scenario.world.ports().bundles.list();
    expect(await lastMigrated(journal)).toBe(bundles.find(({ tag }) => tag === "v2")?.id);
  });

  it("is that of a migration alone, and of another job's none", async () => {
    const { journal, append } = await deployedV1();
    expect(await lastMigrated(journal, { jobs: ["other"] })).toBeNull();
    await append("migrate", "begun", "v2");
    expect(await lastMigrated(journal)).toBe("v2");
    await append("migrate", "failed", "v2");
    await append("migrate", "done");
    await append("backup", "done");
    expect(await lastMigrated(journal)).toBeNull();
    await append("migrate", "failed", "v3");
    expect(await lastMigrated(journal)).toBe("v3");
  });

  it.each(["migrate-down", "restore", "restore-undo"])("is not known after a %s, unless that failed", async (type) => {
    const { journal, append, v1 } = await deployedV1();
    await append(type, "begun");
    expect(await lastMigrated(journal)).toBeNull();
    await append(type, "failed");
    expect(await lastMigrated(journal)).toBe(v1);
    await append(type, "begun");
    await append(type, "done");
    expect(await lastMigrated(journal)).toBeNull();
  });
});
